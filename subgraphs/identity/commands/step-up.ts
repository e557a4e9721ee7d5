import type { Context, Transaction } from '@guildhall/kit/context'
import { Forbidden, Unauthenticated } from '@guildhall/kit/errors'
import { isId } from '@guildhall/kit/ids'
import { done, type Failure, failed, type Outcome } from '@guildhall/kit/outcome'
import { and, eq, gt, isNull } from 'drizzle-orm'
import { lockAccount } from '../accounts/lock-account.ts'
import contract from '../contract.ts'
import { type Proof, proofOf } from '../domain/proof.ts'
import { judgeProof, unwrapped } from '../factors/judge-proof.ts'
import { secondFactorsOf } from '../factors/second-factors.ts'
import type { StepUpInput } from '../generated/graphql.ts'
import type { Ctx } from '../loaders.ts'
import { checkPassword } from '../passwords/check-password.ts'
import { recordSecurity } from '../security/security-log.ts'
import { requireOwnSession } from '../sessions/own-session.ts'
import { passwordCredentials, type SessionRow, sessions, users } from '../tables.ts'

/**
 * Proves once more who is calling, as strongly as the account allows: what is dangerous is open to this session for a
 * while. Routers are told, so that it holds at once.
 */
export async function stepUp(ctx: Ctx, input: StepUpInput): Promise<Outcome<SessionRow>> {
  const { userId, sessionId } = requireOwnSession(ctx)
  if (!isId('ses', sessionId)) throw new Forbidden('Log in here to prove that it is you.')
  const proof = proofOf(input)
  if (!proof) return failed(contract.failure('INVALID_VALUE', 'Show exactly one proof.', ['input']))
  if (proof.method === 'PASSWORD') {
    // Hashing is slow, and failures are counted on their own: both have no place in the transaction.
    const checked = await checkOwnPassword(ctx, userId, proof.password)
    if (!checked.ok) return checked
  }

  return unwrapped(
    await ctx.transaction('stepUp', async (tx): Promise<Outcome<Outcome<SessionRow>>> => {
      const user = await lockAccount(tx, userId)
      if (!user) throw new Unauthenticated()
      const failure =
        proof.method === 'PASSWORD'
          ? await weaknessOfPassword(tx, userId)
          : await judgeProof(ctx, tx, user, proof, 'STEP_UP')
      if (failure) return done(failed(failure))
      return done(done(await mark(ctx, tx, userId, sessionId, proof)))
    }),
  )
}

async function checkOwnPassword(ctx: Ctx, userId: string, password: string): Promise<Outcome<string>> {
  const weakness = await weaknessOfPassword(ctx.db, userId)
  if (weakness) return failed(weakness)
  const [found] = await ctx.db
    .select({ email: users.email, hash: passwordCredentials.hash })
    .from(users)
    .leftJoin(passwordCredentials, eq(passwordCredentials.userId, users.id))
    .where(eq(users.id, userId))
  const tried = { email: found?.email ?? userId, userId, hash: found?.hash ?? null }
  return checkPassword(ctx, tried, password, ['input', 'password'])
}

/** A password is not all that an account with a second factor can ask for. */
async function weaknessOfPassword(db: Context['db'] | Transaction, userId: string): Promise<Failure | null> {
  if ((await secondFactorsOf(db, userId)).length === 0) return null
  return contract.failure('MFA_REQUIRED', 'This account has a second factor: show it.', ['input', 'password'])
}

async function mark(
  ctx: Ctx,
  tx: Transaction,
  userId: string,
  sessionId: string,
  { method }: Proof,
): Promise<SessionRow> {
  const now = ctx.now()
  const live = and(
    eq(sessions.id, sessionId),
    eq(sessions.userId, userId),
    isNull(sessions.revokedAt),
    gt(sessions.expiresAt, now),
  )
  const [session] = await tx.update(sessions).set({ steppedUpAt: now }).where(live).returning()
  if (!session) throw new Unauthenticated('The session has ended, log in again.')
  await recordSecurity(ctx, tx, { userId, kind: 'STEPPED_UP', details: { method } })
  tx.afterCommit(() => ctx.signals.send('principal', [userId]))
  return session
}
