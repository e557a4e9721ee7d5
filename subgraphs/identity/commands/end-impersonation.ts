import { isId } from '@guildhall/kit/ids'
import { done, type Outcome } from '@guildhall/kit/outcome'
import { and, eq } from 'drizzle-orm'
import type { EndImpersonationInput } from '../generated/graphql.ts'
import type { Ctx } from '../loaders.ts'
import { recordSecurity } from '../security/security-log.ts'
import { revokeSessions } from '../sessions/revoke-sessions.ts'
import { sessions } from '../tables.ts'

/** Ends what the caller does in a person's name. That there is nothing to end is no failure. */
export async function endImpersonation(ctx: Ctx, input: EndImpersonationInput): Promise<Outcome<number>> {
  const viewer = ctx.requireViewer()
  const { userId } = input
  const impersonatorId = viewer.impersonatorId ?? viewer.userId
  return ctx.transaction(
    'endImpersonation',
    async (tx) => {
      if (!isId('usr', userId)) return done(0)
      const theirs = and(eq(sessions.userId, userId), eq(sessions.impersonatorId, impersonatorId))
      const count = await revokeSessions(ctx, tx, 'IMPERSONATION_ENDED', theirs)
      if (count > 0) await recordSecurity(ctx, tx, { userId, kind: 'IMPERSONATION_ENDED' })
      return done(count)
    },
    {},
    input,
  )
}
