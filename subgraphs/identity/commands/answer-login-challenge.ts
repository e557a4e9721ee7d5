import type { Transaction } from '@guildhall/kit/context'
import { done, failed, type Outcome } from '@guildhall/kit/outcome'
import { and, eq, gt, isNull, lt, sql } from 'drizzle-orm'
import { lockAccount } from '../accounts/lock-account.ts'
import contract from '../contract.ts'
import { proofOf, type SecondProof } from '../domain/proof.ts'
import { wrongProofsMax } from '../domain/proof-lock.ts'
import { hashOf } from '../domain/refresh-token.ts'
import { judgeProof, unwrapped } from '../factors/judge-proof.ts'
import type { AnswerLoginChallengeInput } from '../generated/graphql.ts'
import type { Ctx } from '../loaders.ts'
import { admit } from '../sessions/admit.ts'
import { type Admission, type Login, loginOf } from '../sessions/begin-session.ts'
import { loginChallenges, type OpenChallengeRow, passwordCredentials } from '../tables.ts'

/**
 * Shows the second proof that a login still owes. The challenge is spent in the transaction in which the session
 * begins, so that it gives one session and no more.
 */
export async function answerLoginChallenge(
  ctx: Ctx,
  input: AnswerLoginChallengeInput,
): Promise<Outcome<Login>> {
  const proof = proofOf(input)
  if (!proof || proof.method === 'PASSWORD') {
    return failed(contract.failure('INVALID_VALUE', 'Show exactly one proof.', ['input']))
  }
  const outcome = unwrapped(
    await ctx.transaction('answerLoginChallenge', (tx) => answer(ctx, tx, input.token, proof)),
  )
  return outcome.ok ? done(await loginOf(ctx, outcome.value)) : outcome
}

async function answer(
  ctx: Ctx,
  tx: Transaction,
  token: string,
  proof: SecondProof,
): Promise<Outcome<Outcome<Admission>>> {
  const [challenge] = await tx
    .select()
    .from(loginChallenges)
    .where(eq(loginChallenges.hash, hashOf(token)))
    .for('update')
  if (!challenge || challenge.usedAt || challenge.attempts >= wrongProofsMax) return unknown
  const user = await lockAccount(tx, challenge.userId)
  if (!user || (await isPasswordNewerThan(tx, challenge))) return unknown
  if (challenge.expiresAt <= ctx.now()) return refused('TOKEN_EXPIRED', 'This login waited too long.')

  const failure = await judgeProof(ctx, tx, user, proof, 'LOGIN')
  if (failure?.code === 'MFA_INVALID') {
    await tx
      .update(loginChallenges)
      .set({ attempts: sql`${loginChallenges.attempts} + 1` })
      .where(eq(loginChallenges.id, challenge.id))
  }
  if (failure) return done(failed(failure))
  const spent = await tx
    .update(loginChallenges)
    .set({ usedAt: ctx.now() })
    .where(
      and(
        eq(loginChallenges.id, challenge.id),
        isNull(loginChallenges.usedAt),
        lt(loginChallenges.attempts, wrongProofsMax),
      ),
    )
    .returning({ id: loginChallenges.id })
  if (spent.length === 0) return unknown
  const admitted = await admit(ctx, tx, user, [...challenge.methods, proof.method])
  return admitted.ok ? done(admitted) : admitted
}

/** Whoever knew the password of before must not get in with the rest of an old login. */
async function isPasswordNewerThan(
  tx: Transaction,
  { userId, createdAt }: OpenChallengeRow,
): Promise<boolean> {
  const newer = and(eq(passwordCredentials.userId, userId), gt(passwordCredentials.changedAt, createdAt))
  return (
    (await tx.select({ userId: passwordCredentials.userId }).from(passwordCredentials).where(newer)).length >
    0
  )
}

const refused = (code: 'TOKEN_INVALID' | 'TOKEN_EXPIRED', message: string) =>
  failed(contract.failure(code, message, ['input', 'token']))

const unknown = refused('TOKEN_INVALID', 'This login is over; begin again.')
