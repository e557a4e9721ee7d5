import type { Context } from '@guildhall/kit/context'
import { done, type Failure, failed, type Outcome } from '@guildhall/kit/outcome'
import { eq } from 'drizzle-orm'
import contract from '../contract.ts'
import { recentOf, waitSeconds } from '../domain/join-attempts.ts'
import { readJoinCode } from '../domain/join-code.ts'
import { joinAttempts, type ProjectRow, projects } from '../tables.ts'

/**
 * The project behind a code, or null. A wrong code is counted in the transaction that looks at it, with the person's row
 * locked: whoever sends a thousand at once has ten looked at.
 */
export const projectOfCode = (
  ctx: Context,
  userId: string,
  typed: string,
): Promise<Outcome<ProjectRow | null>> =>
  ctx.transaction('joinAttempt', async (tx) => {
    const now = ctx.now()
    await tx.insert(joinAttempts).values({ id: userId }).onConflictDoNothing()
    const [attempts] = await tx.select().from(joinAttempts).where(eq(joinAttempts.id, userId)).for('update')
    const recent = recentOf(attempts?.failedAt ?? [], now)
    const wait = waitSeconds(recent, now)
    if (wait > 0) return failed(tooManyAttempts(wait))
    const code = readJoinCode(typed)
    const [project] = code === null ? [] : await tx.select().from(projects).where(eq(projects.joinCode, code))
    if (project) return done(project)
    await tx
      .update(joinAttempts)
      .set({ failedAt: [...recent, now] })
      .where(eq(joinAttempts.id, userId))
    return done(null)
  })

const tooManyAttempts = (retryAfterSeconds: number): Failure => ({
  ...contract.failure('TOO_MANY_ATTEMPTS', 'Too many wrong codes; wait before you try again.', [
    'input',
    'code',
  ]),
  __typename: 'TooManyAttemptsError',
  retryAfterSeconds,
})
