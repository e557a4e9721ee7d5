import type { Context } from '@guildhall/kit/context'
import { domainNames } from '@guildhall/kit/discover'
import { done } from '@guildhall/kit/outcome'
import { and, asc, eq, exists, inArray, lte, ne, notExists, or, sql } from 'drizzle-orm'
import { alias } from 'drizzle-orm/pg-core'
import contract, { userErased } from '../contract.ts'
import { attemptsMax, leaseSeconds, retryAt } from '../domain/privacy.ts'
import { eraseIn } from '../privacy/ask-domains.ts'
import { type ErasureStepRow, erasureSteps, erasures } from '../tables.ts'

/**
 * Carries out what is due: a saga of one idempotent step per domain, each kept until it is acknowledged. This domain
 * comes last, so that until the end it is known whose wish it was.
 */
export async function runErasures(ctx: Context): Promise<void> {
  while (await begin(ctx));
  for (let step = await take(ctx); step; step = await take(ctx)) await carryOut(ctx, step)
  while (await finish(ctx));
}

/** Begins one erasure whose grace is over. @returns whether there may be more. */
async function begin(ctx: Context): Promise<boolean> {
  const outcome = await ctx.transaction('beginErasure', async (tx) => {
    const now = ctx.now()
    const due = tx
      .select({ id: erasures.id })
      .from(erasures)
      .where(and(eq(erasures.status, 'GRACE'), lte(erasures.runsAt, now)))
      .limit(1)
      .for('update', { skipLocked: true })
    const [begun] = await tx
      .update(erasures)
      .set({ status: 'RUNNING', startedAt: now })
      .where(inArray(erasures.id, due))
      .returning()
    if (!begun) return done(false)
    await tx
      .insert(erasureSteps)
      .values(domainNames().map((domain) => ({ erasureId: begun.id, domain, availableAt: now })))
    return done(true)
  })
  return outcome.ok && outcome.value
}

/** A step that is due, for us alone for a minute; our own domain's only when all others have acknowledged. */
async function take(ctx: Context): Promise<(ErasureStepRow & { userId: string }) | undefined> {
  const now = ctx.now()
  const other = alias(erasureSteps, 'other')
  const othersPending = ctx.db
    .select({ one: sql`1` })
    .from(other)
    .where(
      and(
        eq(other.erasureId, erasureSteps.erasureId),
        ne(other.domain, contract.domain),
        eq(other.status, 'PENDING'),
      ),
    )
  const running = ctx.db
    .select({ one: sql`1` })
    .from(erasures)
    .where(and(eq(erasures.id, erasureSteps.erasureId), eq(erasures.status, 'RUNNING')))
  const [due] = await ctx.db
    .select()
    .from(erasureSteps)
    .where(
      and(
        eq(erasureSteps.status, 'PENDING'),
        lte(erasureSteps.availableAt, now),
        exists(running),
        or(ne(erasureSteps.domain, contract.domain), notExists(othersPending)),
      ),
    )
    .orderBy(asc(erasureSteps.availableAt))
    .limit(1)
  if (!due) return undefined
  const [taken] = await ctx.db
    .update(erasureSteps)
    .set({
      attempts: sql`${erasureSteps.attempts} + 1`,
      availableAt: new Date(now.getTime() + leaseSeconds * 1000),
    })
    .where(and(isStep(due), eq(erasureSteps.attempts, due.attempts), eq(erasureSteps.status, 'PENDING')))
    .returning()
  // Another process was faster with this one: look again.
  if (!taken) return take(ctx)
  const [erasure] = await ctx.db.select().from(erasures).where(eq(erasures.id, taken.erasureId))
  if (!erasure) throw new Error(`erasure ${taken.erasureId} has lost its row`)
  return { ...taken, userId: erasure.userId }
}

async function carryOut(ctx: Context, step: ErasureStepRow & { userId: string }): Promise<void> {
  const { erasureId, domain, attempts } = step
  const pending = and(isStep(step), eq(erasureSteps.status, 'PENDING'))
  try {
    await eraseIn(ctx, domain, step.userId)
    await ctx.db
      .update(erasureSteps)
      .set({ status: 'DONE', acknowledgedAt: ctx.now(), lastError: null })
      .where(pending)
  } catch (error) {
    ctx.log.warn({ err: error, erasure: erasureId, domain, attempts }, 'a domain could not forget a person')
    await ctx.db
      .update(erasureSteps)
      .set({
        availableAt: retryAt(ctx.now(), attempts),
        lastError: error instanceof Error ? error.message.slice(0, 300) : 'unknown',
      })
      .where(pending)
    if (attempts < attemptsMax) return
    await ctx.db
      .update(erasures)
      .set({ status: 'FAILED' })
      .where(and(eq(erasures.id, erasureId), eq(erasures.status, 'RUNNING')))
  }
}

/** Ends one erasure that every domain has acknowledged. @returns whether there may be more. */
async function finish(ctx: Context): Promise<boolean> {
  const outcome = await ctx.transaction('finishErasure', async (tx) => {
    const pending = tx
      .select({ one: sql`1` })
      .from(erasureSteps)
      .where(and(eq(erasureSteps.erasureId, erasures.id), eq(erasureSteps.status, 'PENDING')))
    const whole = tx
      .select({ id: erasures.id })
      .from(erasures)
      .where(and(eq(erasures.status, 'RUNNING'), notExists(pending)))
      .limit(1)
      .for('update', { skipLocked: true })
    const [finished] = await tx
      .update(erasures)
      .set({ status: 'DONE', finishedAt: ctx.now() })
      .where(inArray(erasures.id, whole))
      .returning()
    if (finished) await tx.emit(userErased, { userId: finished.userId })
    return done(finished !== undefined)
  })
  return outcome.ok && outcome.value
}

const isStep = ({ erasureId, domain }: Pick<ErasureStepRow, 'erasureId' | 'domain'>) =>
  and(eq(erasureSteps.erasureId, erasureId), eq(erasureSteps.domain, domain))
