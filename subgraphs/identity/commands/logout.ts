import { isId } from '@guildhall/kit/ids'
import { done, type Outcome } from '@guildhall/kit/outcome'
import { and, eq } from 'drizzle-orm'
import type { LogoutInput } from '../generated/graphql.ts'
import type { Ctx } from '../loaders.ts'
import { recordSecurity } from '../security/security-log.ts'
import { revokeSessions } from '../sessions/revoke-sessions.ts'
import { sessions } from '../tables.ts'

/** Ends the session of this call. That it had ended before is no failure. */
export async function logout(ctx: Ctx, input: LogoutInput): Promise<Outcome<boolean>> {
  const { userId, sessionId } = ctx.requireViewer()
  return ctx.transaction(
    'logout',
    async (tx) => {
      // A session of an external issuer is not ours to end.
      if (!isId('ses', sessionId)) return done(true)
      const own = and(eq(sessions.id, sessionId), eq(sessions.userId, userId))
      const ended = await revokeSessions(ctx, tx, 'LOGOUT', own)
      if (ended > 0) await recordSecurity(ctx, tx, { userId, kind: 'LOGGED_OUT' })
      return done(true)
    },
    {},
    input,
  )
}
