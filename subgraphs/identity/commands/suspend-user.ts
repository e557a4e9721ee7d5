import { failed, type Outcome } from '@guildhall/kit/outcome'
import { sourcesOf } from '@guildhall/kit/state-machine'
import { line, problemsOf } from '@guildhall/kit/validate'
import { eq, or } from 'drizzle-orm'
import { z } from 'zod'
import { changeStatus } from '../administration/change-status.ts'
import { lastAdminProblems } from '../administration/platform-admins.ts'
import contract from '../contract.ts'
import { userLife } from '../domain/user-status.ts'
import type { SuspendUserInput } from '../generated/graphql.ts'
import type { Ctx } from '../loaders.ts'
import { revokeSessions } from '../sessions/revoke-sessions.ts'
import { sessions, type UserRow } from '../tables.ts'

const reasoned = z.object({ reason: line(500) })

/** Shuts somebody out: what they have open, also in other people's names, ends with the commit. */
export async function suspendUser(ctx: Ctx, input: SuspendUserInput): Promise<Outcome<UserRow>> {
  ctx.require('users:manage', { organizationId: null })
  const problems = problemsOf(reasoned, input)
  if (input.id === ctx.requireViewer().userId) {
    problems.push(contract.failure('NOT_YOURSELF', 'Ask another administrator.', ['input', 'id']))
  }
  if (problems.length > 0) return failed(...problems)
  const user = await ctx.loaders.user.load(input.id)
  if (!user) return failed(contract.failure('NOT_FOUND', 'There is no such account.', ['input', 'id']))

  return ctx.transaction(
    'suspendUser',
    async (tx) => {
      const last = await lastAdminProblems(tx, user.id)
      if (last.length > 0) return failed(...last)
      const outcome = await changeStatus(ctx, tx, user.id, {
        to: 'SUSPENDED',
        from: sourcesOf(userLife, 'SUSPENDED'),
        kind: 'SUSPENDED',
        reason: input.reason.trim(),
      })
      if (!outcome.ok) return outcome
      const theirs = or(eq(sessions.userId, user.id), eq(sessions.impersonatorId, user.id))
      await revokeSessions(ctx, tx, 'SUSPENDED', theirs)
      return outcome
    },
    {},
    input,
  )
}
