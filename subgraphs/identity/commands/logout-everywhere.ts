import { isId } from '@guildhall/kit/ids'
import { done, type Outcome } from '@guildhall/kit/outcome'
import { and, eq, ne } from 'drizzle-orm'
import type { LogoutEverywhereInput } from '../generated/graphql.ts'
import type { Ctx } from '../loaders.ts'
import { recordSecurity } from '../security/security-log.ts'
import { requireOwnSession } from '../sessions/own-session.ts'
import { revokeSessions } from '../sessions/revoke-sessions.ts'
import { sessions } from '../tables.ts'

/** Ends every session of the person calling, or every other one. */
export async function logoutEverywhere(ctx: Ctx, input: LogoutEverywhereInput): Promise<Outcome<number>> {
  const { userId, sessionId } = requireOwnSession(ctx)
  // Called with a key or an external token there is no session of ours to keep.
  const others = input.isCurrentKept && isId('ses', sessionId) ? ne(sessions.id, sessionId) : undefined
  return ctx.transaction(
    'logoutEverywhere',
    async (tx) => {
      const count = await revokeSessions(
        ctx,
        tx,
        'LOGOUT_EVERYWHERE',
        and(eq(sessions.userId, userId), others),
      )
      if (count > 0)
        await recordSecurity(ctx, tx, { userId, kind: 'LOGGED_OUT', details: { sessions: count } })
      return done(count)
    },
    {},
    input,
  )
}
