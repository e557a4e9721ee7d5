import type { Context, Transaction } from '@guildhall/kit/context'
import { and, eq, isNull, ne } from 'drizzle-orm'
import { sessions } from '../tables.ts'
import { missingRecoveryCodes } from './recovery-codes.ts'

/**
 * What follows when somebody has set up a second factor. With the first one, what other sessions have proved is no
 * longer all that the account can ask for: they have to step up again.
 *
 * @returns recovery codes if there were none.
 */
export async function secondFactorAdded(
  ctx: Context,
  tx: Transaction,
  { isFirst }: { isFirst: boolean },
): Promise<string[] | null> {
  const { userId, sessionId } = ctx.requireViewer()
  if (isFirst) {
    await tx
      .update(sessions)
      .set({ steppedUpAt: null })
      .where(and(eq(sessions.userId, userId), ne(sessions.id, sessionId), isNull(sessions.revokedAt)))
    tx.afterCommit(() => ctx.signals.send('principal', [userId]))
  }
  return missingRecoveryCodes(ctx, tx, userId)
}
