import type { Context, Transaction } from '@guildhall/kit/context'
import { type Failure, failed, type Outcome } from '@guildhall/kit/outcome'
import { and, count, eq, isNull, lt } from 'drizzle-orm'
import { accountLocked } from '../accounts/account-locked.ts'
import contract from '../contract.ts'
import type { SecondProof } from '../domain/proof.ts'
import { recoveryCodeHash } from '../domain/recovery-code.ts'
import { stepOf, totpSecretPlace } from '../domain/totp.ts'
import { showPasskey } from '../passkeys/show-passkey.ts'
import { recordSecurity } from '../security/security-log.ts'
import { recoveryCodes, totpFactors, type UserRow } from '../tables.ts'
import { countWrongProof, forgetWrongProofs, proofsLockedUntil } from './proof-lock.ts'

/** What a proof is worth: good, not good, good once and spent by then, or too old to be looked at. */
export type Verdict = 'right' | 'wrong' | 'spent' | 'expired'

/** What a proof is shown for; a passkey signs for one of them alone. */
export type Occasion = 'LOGIN' | 'STEP_UP'

/**
 * Checks a second proof of somebody and spends it. Null when it is good, the failure otherwise. A failure was counted, so the
 * transaction has to commit: give `done(failed(…))` and hand the outcome to {@link unwrapped}.
 *
 * Call it under `lockAccount`: what is judged while the lock is held is judged one after the other, so that of many
 * guesses at once only the first few are looked at.
 */
export async function judgeProof(
  ctx: Context,
  tx: Transaction,
  user: Pick<UserRow, 'id'>,
  proof: SecondProof,
  occasion: Occasion,
): Promise<Failure | null> {
  const until = await proofsLockedUntil(ctx, tx, user.id)
  if (until) return { ...accountLocked(until, ctx.now()), code: 'MFA_LOCKED' }
  switch (await verdictOn(ctx, tx, user, proof, occasion)) {
    case 'right':
      await forgetWrongProofs(ctx, tx, user.id)
      return null
    case 'spent':
      // Not counted: it was the person's own, and says nothing to somebody who guesses.
      return contract.failure('MFA_REPLAYED', 'This code was used before. Wait for the next one.', ['input'])
    case 'expired':
      return contract.failure(
        'PASSKEY_CHALLENGE_EXPIRED',
        'This took too long, or was answered before: begin again.',
        ['input', 'passkey'],
      )
    case 'wrong':
      await countWrongProof(ctx, tx, user.id)
      return contract.failure('MFA_INVALID', 'This proof is not good.', ['input'])
  }
}

/** What a transaction gave that commits its failures too. */
export const unwrapped = <T>(outcome: Outcome<Outcome<T>>): Outcome<T> =>
  outcome.ok ? outcome.value : failed(...outcome.failures)

async function verdictOn(
  ctx: Context,
  tx: Transaction,
  user: Pick<UserRow, 'id'>,
  proof: SecondProof,
  occasion: Occasion,
): Promise<Verdict> {
  switch (proof.method) {
    case 'PASSKEY':
      return (await showPasskey(ctx, tx, proof.response, { purpose: occasion, userId: user.id })).verdict
    case 'TOTP':
      return spendTotpCode(ctx, tx, user.id, proof.code)
    case 'RECOVERY_CODE':
      return spendRecoveryCode(ctx, tx, user.id, proof.code)
  }
}

/** The last step that was used only ever grows: of all who show one code, the first is believed. */
async function spendTotpCode(ctx: Context, tx: Transaction, userId: string, code: string): Promise<Verdict> {
  const [factor] = await tx
    .select()
    .from(totpFactors)
    .where(and(eq(totpFactors.userId, userId), eq(totpFactors.status, 'ACTIVE')))
  if (!factor) return 'wrong'
  const step = stepOf(ctx.vault.open(factor.secret, totpSecretPlace(factor)), code, ctx.now())
  if (step === null) return 'wrong'
  const accepted = await tx
    .update(totpFactors)
    .set({ lastUsedStep: step })
    .where(and(eq(totpFactors.id, factor.id), lt(totpFactors.lastUsedStep, step)))
    .returning({ id: totpFactors.id })
  return accepted.length > 0 ? 'right' : 'spent'
}

async function spendRecoveryCode(
  ctx: Context,
  tx: Transaction,
  userId: string,
  code: string,
): Promise<Verdict> {
  const mine = and(eq(recoveryCodes.userId, userId), eq(recoveryCodes.hash, recoveryCodeHash(code)))
  const unused = isNull(recoveryCodes.usedAt)
  const spent = await tx
    .update(recoveryCodes)
    .set({ usedAt: ctx.now() })
    .where(and(mine, unused))
    .returning({ id: recoveryCodes.id })
  if (spent.length === 0) {
    const known = await tx.select({ id: recoveryCodes.id }).from(recoveryCodes).where(mine)
    return known.length > 0 ? 'spent' : 'wrong'
  }
  const [left] = await tx
    .select({ count: count() })
    .from(recoveryCodes)
    .where(and(eq(recoveryCodes.userId, userId), unused))
  await recordSecurity(ctx, tx, { userId, kind: 'RECOVERY_CODE_USED', details: { left: left?.count ?? 0 } })
  return 'right'
}
