import { isId } from '@guildhall/kit/ids'
import { done, failed, type Outcome } from '@guildhall/kit/outcome'
import { problemsOf } from '@guildhall/kit/validate'
import { and, eq, inArray, isNull, lte, type SQL, sql } from 'drizzle-orm'
import { z } from 'zod'
import contract from '../contract.ts'
import { readCursor } from '../domain/stream-cursor.ts'
import type { MarkNotificationsReadInput } from '../generated/graphql.ts'
import type { Ctx } from '../loaders.ts'
import { notifications, recipients } from '../tables.ts'

const given = z
  .object({
    ids: z.array(z.string()).max(100, 'At most 100 at once.').nullish(),
    upTo: z.string().nullish(),
  })
  .refine(({ ids, upTo }) => (ids == null) !== (upTo == null), 'Give either ids or upTo.')

/** Marks notifications of the caller as read; the count changes with them, under the lock of the inbox's head. */
export async function markNotificationsRead(
  ctx: Ctx,
  input: MarkNotificationsReadInput,
): Promise<Outcome<{ readCount: number }>> {
  const { userId } = ctx.requireViewer()
  const problems = problemsOf(given, input)
  if (problems.length > 0) return failed(...problems)
  const meant = input.upTo == null ? await ownIds(ctx, input.ids ?? []) : null
  if (meant?.missing !== undefined) {
    return failed(
      contract.failure('NOT_FOUND', 'There is no such notification.', [
        'input',
        'ids',
        String(meant.missing),
      ]),
    )
  }
  const which: SQL | undefined =
    input.upTo == null
      ? inArray(notifications.id, meant?.ids ?? [])
      : lte(notifications.seq, readCursor(userId, input.upTo).seq)

  return ctx.transaction(
    'markNotificationsRead',
    async (tx) => {
      const [head] = await tx.select().from(recipients).where(eq(recipients.id, userId)).for('update')
      if (!head) return done({ readCount: 0 })
      const read = await tx
        .update(notifications)
        .set({ readAt: ctx.now(), revision: head.revision + 1 })
        .where(and(eq(notifications.recipientId, userId), isNull(notifications.readAt), which))
        .returning({ id: notifications.id })
      if (read.length > 0) {
        await tx
          .update(recipients)
          .set({ unread: sql`${recipients.unread} - ${read.length}`, revision: head.revision + 1 })
          .where(eq(recipients.id, userId))
        tx.afterCommit(() => ctx.signals.send('inbox', [userId]))
      }
      return done({ readCount: read.length })
    },
    {},
    input,
  )
}

/** Ids of the caller's own notifications; the place of the first that is not. */
async function ownIds(ctx: Ctx, ids: readonly string[]): Promise<{ ids: string[]; missing?: number }> {
  const rows = await ctx.loaders.notification.loadMany(ids)
  const missing = rows.findIndex(
    (row, place) => row === null || row instanceof Error || !isId('ntf', ids[place] ?? ''),
  )
  return missing === -1 ? { ids: [...ids] } : { ids: [], missing }
}
