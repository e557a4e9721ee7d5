import type { Transaction } from '@guildhall/kit/context'
import { Forbidden, Unauthenticated } from '@guildhall/kit/errors'
import { isId } from '@guildhall/kit/ids'
import { done, failed, type Outcome } from '@guildhall/kit/outcome'
import { and, eq, gt, isNull } from 'drizzle-orm'
import contract from '../contract.ts'
import { type Proof, proofOf } from '../domain/proof.ts'
import type { StepUpInput } from '../generated/graphql.ts'
import { type JudgedProof, judgeProof, unwrapped } from '../judge-proof.ts'
import type { Ctx } from '../loaders.ts'
import { lockAccount } from '../lock-account.ts'
import { verifyPassword } from '../passwords.ts'
import { secondFactorsOf } from '../second-factors.ts'
import { recordSecurity } from '../security-log.ts'
import { passwordCredentials, type SessionRow, sessions } from '../tables.ts'

/**
 * Proves once more who is calling, as strongly as the account allows: what is dangerous is open to this session for a
 * while. Routers are told, so that it holds at once.
 */
export async function stepUp(ctx: Ctx, input: StepUpInput): Promise<Outcome<SessionRow>> {
  const { userId, sessionId, impersonatorId } = ctx.requireViewer()
  if (!isId('ses', sessionId) || impersonatorId) {
    throw new Forbidden('Only a person who logged in here can prove that it is them.')
  }
  const proof = proofOf(input)
  if (!proof) return failed(contract.failure('INVALID_VALUE', 'Show exactly one proof.', ['input']))
  // Before the transaction: hashing is slow, and what it finds is judged in line with all other proofs.
  const judged = await prepared(ctx, userId, proof)

  return unwrapped(
    await ctx.transaction('stepUp', async (tx): Promise<Outcome<Outcome<SessionRow>>> => {
      const user = await lockAccount(tx, userId)
      if (!user) throw new Unauthenticated()
      if (proof.method === 'PASSWORD' && (await secondFactorsOf(tx, userId)).length > 0) {
        return failed(
          contract.failure('MFA_REQUIRED', 'This account has a second factor: show it.', [
            'input',
            'password',
          ]),
        )
      }
      const failure = await judgeProof(ctx, tx, user, judged)
      if (failure) return done(failed(failure))
      return done(done(await mark(ctx, tx, userId, sessionId, proof)))
    }),
  )
}

async function prepared(ctx: Ctx, userId: string, proof: Proof): Promise<JudgedProof> {
  if (proof.method !== 'PASSWORD') return proof
  const [found] = await ctx.db
    .select({ hash: passwordCredentials.hash })
    .from(passwordCredentials)
    .where(eq(passwordCredentials.userId, userId))
  return { method: 'PASSWORD', fits: await verifyPassword(proof.password, found?.hash ?? null) }
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
