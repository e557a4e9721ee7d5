import type { Context, Transaction } from '@guildhall/kit/context'
import { and, eq, isNull } from 'drizzle-orm'
import { apiKeys } from '../tables.ts'

/** Ends all keys of an account, and after the commit wakes the routers. */
export async function revokeApiKeys(ctx: Context, tx: Transaction, userId: string): Promise<void> {
  await tx
    .update(apiKeys)
    .set({ revokedAt: ctx.now() })
    .where(and(eq(apiKeys.userId, userId), isNull(apiKeys.revokedAt)))
  tx.afterCommit(() => ctx.signals.send('principal', [userId]))
}
