import { inArray, lte, or } from 'drizzle-orm'
import type { Context } from '../context.ts'
import type { Schedule } from '../define-subgraph.ts'
import type { MailTable } from './tables.ts'

const keptMs = 30 * 86_400_000
const batchSize = 5_000

/** Removes what is left of mails 30 days after they were sent or given up. */
export const mailRetention = (table: MailTable): Schedule => ({
  name: 'forgetOldMails',
  everySeconds: 3_600,
  run: (ctx) => forgetOldMails(ctx, table),
})

async function forgetOldMails(ctx: Context, table: MailTable): Promise<void> {
  const before = new Date(ctx.now().getTime() - keptMs)
  const old = ctx.db
    .select({ id: table.id })
    .from(table)
    .where(or(lte(table.sentAt, before), lte(table.failedAt, before)))
    .limit(batchSize)
    .for('update', { skipLocked: true })
  await ctx.db.delete(table).where(inArray(table.id, old))
}
