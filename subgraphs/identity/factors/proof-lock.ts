import type { Context, Transaction } from '@guildhall/kit/context'
import { eq, sql } from 'drizzle-orm'
import { lockMinutesAfter } from '../domain/proof-lock.ts'
import { recordSecurity } from '../security/security-log.ts'
import { throttles } from '../tables.ts'

/**
 * Counted in the transaction that judges, unlike logins (`throttle.ts`): under the lock of the account each proof is judged
 * after the one before was counted, and a good code that comes twice locks nobody out.
 */

/** Until when no proof of this account is looked at; null: they are. Ask it under `lockAccount`. */
export async function proofsLockedUntil(ctx: Context, tx: Transaction, userId: string): Promise<Date | null> {
  const [found] = await tx
    .select({ lockedUntil: throttles.lockedUntil })
    .from(throttles)
    .where(eq(throttles.key, keyOf(ctx, userId)))
  return found?.lockedUntil && found.lockedUntil > ctx.now() ? found.lockedUntil : null
}

/** One more wrong proof. The transaction has to commit, or it was never counted. */
export async function countWrongProof(ctx: Context, tx: Transaction, userId: string): Promise<void> {
  const now = ctx.now()
  const [counted] = await tx
    .insert(throttles)
    .values({ key: keyOf(ctx, userId), failures: 1, lastFailureAt: now })
    .onConflictDoUpdate({
      target: throttles.key,
      set: { failures: sql`${throttles.failures} + 1`, lastFailureAt: now },
    })
    .returning()
  const minutes = lockMinutesAfter(counted?.failures ?? 0)
  if (minutes === 0) return
  const lockedUntil = new Date(now.getTime() + minutes * 60_000)
  await tx
    .update(throttles)
    .set({ lockedUntil })
    .where(eq(throttles.key, keyOf(ctx, userId)))
  await recordSecurity(ctx, tx, { userId, kind: 'LOCKED_OUT', details: { minutes } })
}

/** The right proof: what was wrong before counts no more. */
export async function forgetWrongProofs(ctx: Context, tx: Transaction, userId: string): Promise<void> {
  await tx.delete(throttles).where(eq(throttles.key, keyOf(ctx, userId)))
}

/** Apart from what counts logins: a stranger without the password must not be able to lock this. */
const keyOf = (ctx: Context, userId: string): string =>
  ctx.vault.blindIndex(JSON.stringify(['proofs', userId]), 'identity.throttle')
