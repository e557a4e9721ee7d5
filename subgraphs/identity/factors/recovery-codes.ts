import type { Context, Transaction } from '@guildhall/kit/context'
import { and, count, eq, isNull } from 'drizzle-orm'
import { newRecoveryCode, recoveryCodeHash, recoveryCodesMade } from '../domain/recovery-code.ts'
import { recordSecurity } from '../security/security-log.ts'
import { recoveryCodes } from '../tables.ts'
import { secondFactorsOf } from './second-factors.ts'

/** New codes in place of all that there are. @returns them; only their hashes are kept. */
export async function replaceRecoveryCodes(
  ctx: Context,
  tx: Transaction,
  userId: string,
  howMany = recoveryCodesMade,
): Promise<string[]> {
  const createdAt = ctx.now()
  const codes = Array.from({ length: howMany }, newRecoveryCode)
  await tx.delete(recoveryCodes).where(eq(recoveryCodes.userId, userId))
  await tx
    .insert(recoveryCodes)
    .values(codes.map((code) => ({ id: ctx.newId('rcv'), userId, hash: recoveryCodeHash(code), createdAt })))
  await recordSecurity(ctx, tx, { userId, kind: 'RECOVERY_CODES_CREATED', details: { count: codes.length } })
  return codes
}

/** Codes for somebody who has none left, because their second factor is of no use without; null when there are some. */
export async function missingRecoveryCodes(
  ctx: Context,
  tx: Transaction,
  userId: string,
): Promise<string[] | null> {
  const [left] = await tx
    .select({ count: count() })
    .from(recoveryCodes)
    .where(and(eq(recoveryCodes.userId, userId), isNull(recoveryCodes.usedAt)))
  return left?.count ? null : replaceRecoveryCodes(ctx, tx, userId)
}

/** Codes stand in for a second factor: with the last one they go. */
export async function dropIdleRecoveryCodes(tx: Transaction, userId: string): Promise<void> {
  if ((await secondFactorsOf(tx, userId)).length > 0) return
  await tx.delete(recoveryCodes).where(eq(recoveryCodes.userId, userId))
}
