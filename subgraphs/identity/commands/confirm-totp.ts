import type { Transaction } from '@guildhall/kit/context'
import { done, failed, type Outcome } from '@guildhall/kit/outcome'
import { and, eq, gt } from 'drizzle-orm'
import { lockAccount } from '../accounts/lock-account.ts'
import contract from '../contract.ts'
import { enrolmentMinutes, stepOf, totpSecretPlace } from '../domain/totp.ts'
import { retireTotp } from '../factors/retire-totp.ts'
import { secondFactorAdded } from '../factors/second-factor-added.ts'
import { secondFactorsOf } from '../factors/second-factors.ts'
import type { ConfirmTotpInput } from '../generated/graphql.ts'
import type { Ctx } from '../loaders.ts'
import { recordSecurity } from '../security/security-log.ts'
import { requireOwnSession } from '../sessions/own-session.ts'
import { type TotpFactorRow, totpFactors, type UserRow } from '../tables.ts'

/** What has to be shown after a second factor was set up. */
export interface FactorAdded {
  user: UserRow
  /** Shown once; null when the person has some from before. */
  recoveryCodes: string[] | null
}

/**
 * Makes an enrolled authenticator app count, in place of the one before if there is one, once it has shown a code. The
 * code is spent with it.
 */
export async function confirmTotp(ctx: Ctx, input: ConfirmTotpInput): Promise<Outcome<FactorAdded>> {
  ctx.requireStepUp()
  const { userId } = requireOwnSession(ctx)
  return ctx.transaction('confirmTotp', async (tx) => {
    const user = await lockAccount(tx, userId)
    const factor = await openEnrolment(ctx, tx, userId)
    if (!user || !factor) {
      return failed(contract.failure('NOT_FOUND', 'Nothing waits to be confirmed: begin with `enrolTotp`.'))
    }
    const step = stepOf(ctx.vault.open(factor.secret, totpSecretPlace(factor)), input.code, ctx.now())
    if (step === null) {
      return failed(contract.failure('MFA_INVALID', 'This is not the code of now.', ['input', 'code']))
    }
    const isFirst = (await secondFactorsOf(tx, userId)).length === 0
    const isReplacing = await retireTotp(ctx, tx, userId)
    await tx
      .update(totpFactors)
      .set({ status: 'ACTIVE', confirmedAt: ctx.now(), lastUsedStep: step })
      .where(eq(totpFactors.id, factor.id))
    await recordSecurity(ctx, tx, { userId, kind: 'TOTP_ADDED', details: { isReplacing } })
    return done({ user, recoveryCodes: await secondFactorAdded(ctx, tx, { isFirst }) })
  })
}

async function openEnrolment(ctx: Ctx, tx: Transaction, userId: string): Promise<TotpFactorRow | undefined> {
  const since = new Date(ctx.now().getTime() - enrolmentMinutes * 60_000)
  const [factor] = await tx
    .select()
    .from(totpFactors)
    .where(
      and(
        eq(totpFactors.userId, userId),
        eq(totpFactors.status, 'ENROLLING'),
        gt(totpFactors.createdAt, since),
      ),
    )
  return factor
}
