import type { Context } from '@guildhall/kit/context'
import { domainNames } from '@guildhall/kit/discover'
import { and, asc, eq, inArray, lte, sql } from 'drizzle-orm'
import { attemptsMax, exportDays, leaseSeconds, retryAt } from '../domain/privacy.ts'
import { daysAfter } from '../domain/refresh-token.ts'
import { personalDataOf } from '../privacy/ask-domains.ts'
import { type DataExportRow, dataExports } from '../tables.ts'

/** Gathers what was asked for from all domains, and forgets what was readable for long enough. */
export async function gatherDataExports(ctx: Context): Promise<void> {
  await ctx.db
    .update(dataExports)
    .set({ status: 'EXPIRED', content: null })
    .where(and(eq(dataExports.status, 'READY'), lte(dataExports.expiresAt, ctx.now())))
  for (let next = await take(ctx); next; next = await take(ctx)) await gather(ctx, next)
}

/** One that is due, for us alone for a minute: a process that dies over it leaves it to the next. */
async function take(ctx: Context): Promise<DataExportRow | undefined> {
  const now = ctx.now()
  const due = ctx.db
    .select({ id: dataExports.id })
    .from(dataExports)
    .where(and(eq(dataExports.status, 'REQUESTED'), lte(dataExports.availableAt, now)))
    .orderBy(asc(dataExports.availableAt))
    .limit(1)
    .for('update', { skipLocked: true })
  const [taken] = await ctx.db
    .update(dataExports)
    .set({
      attempts: sql`${dataExports.attempts} + 1`,
      availableAt: new Date(now.getTime() + leaseSeconds * 1000),
    })
    .where(inArray(dataExports.id, due))
    .returning()
  return taken
}

async function gather(ctx: Context, request: DataExportRow): Promise<void> {
  const { id, userId, attempts } = request
  const open = and(eq(dataExports.id, id), eq(dataExports.status, 'REQUESTED'))
  try {
    const domains: Record<string, unknown> = {}
    for (const domain of domainNames()) domains[domain] = await personalDataOf(ctx, domain, userId)
    const now = ctx.now()
    const content = JSON.stringify({ exportedAt: now, domains }, null, 2)
    await ctx.db
      .update(dataExports)
      .set({
        status: 'READY',
        content: ctx.vault.seal(content, contentPlace(id)),
        readyAt: now,
        expiresAt: daysAfter(now, exportDays),
      })
      .where(open)
  } catch (error) {
    ctx.log.warn({ err: error, dataExport: id, attempts }, 'export could not be gathered')
    await ctx.db
      .update(dataExports)
      .set(attempts >= attemptsMax ? { status: 'FAILED' } : { availableAt: retryAt(ctx.now(), attempts) })
      .where(open)
  }
}

/** Where the sealed content lives, see the kit's vault. */
export const contentPlace = (id: string): string => `identity.data_export.content:${id}`
