import type { Context, Transaction } from '@guildhall/kit/context'
import { done, failed, type Outcome } from '@guildhall/kit/outcome'
import { isStrong } from '../domain/authentication.ts'
import { hashOf, randomToken } from '../domain/refresh-token.ts'
import { secondFactorsOf } from '../factors/second-factors.ts'
import { type AuthenticationMethod, loginChallenges, type UserRow } from '../tables.ts'
import { type Admission, admissionProblems, beginSession } from './begin-session.ts'

/** How long a login may wait for its second proof. */
const challengeMinutes = 5

/**
 * What follows the first proof of a person, whichever it was: a session, or the demand for a second proof where the
 * account has one set up.
 */
export async function admit(
  ctx: Context,
  tx: Transaction,
  user: UserRow,
  methods: AuthenticationMethod[],
): Promise<Outcome<Admission>> {
  const problems = admissionProblems(user)
  if (problems.length > 0) return failed(...problems)
  const second = await secondFactorsOf(tx, user.id)
  if (isStrong(methods, second)) return done(await beginSession(ctx, tx, user, methods))
  const token = randomToken()
  const now = ctx.now()
  const expiresAt = new Date(now.getTime() + challengeMinutes * 60_000)
  await tx.insert(loginChallenges).values({
    id: ctx.newId('lch'),
    userId: user.id,
    hash: hashOf(token),
    methods,
    createdAt: now,
    expiresAt,
  })
  return done({ kind: 'challenge', user, challenge: { token, methods: second, expiresAt } })
}
