import { isId } from '@guildhall/kit/ids'
import { done, failed, type Outcome } from '@guildhall/kit/outcome'
import { and, eq } from 'drizzle-orm'
import contract from '../contract.ts'
import type { RevokeSessionInput } from '../generated/graphql.ts'
import type { Ctx } from '../loaders.ts'
import { recordSecurity } from '../security/security-log.ts'
import { requireOwnSession } from '../sessions/own-session.ts'
import { revokeSessions } from '../sessions/revoke-sessions.ts'
import { type SessionRow, sessions } from '../tables.ts'

/** Ends one of the caller's own sessions. That it had ended before is no failure. */
export async function revokeSession(ctx: Ctx, input: RevokeSessionInput): Promise<Outcome<SessionRow>> {
  const { userId, sessionId } = ctx.requireViewer()
  if (sessionId !== input.id) requireOwnSession(ctx)
  if (!isId('ses', input.id)) return failed(missing)
  const own = and(eq(sessions.id, input.id), eq(sessions.userId, userId))

  return ctx.transaction(
    'revokeSession',
    async (tx) => {
      const ended = await revokeSessions(ctx, tx, 'REVOKED', own)
      if (ended > 0) {
        await recordSecurity(ctx, tx, { userId, kind: 'SESSION_REVOKED', sessionId: input.id })
      }
      const [session] = await tx.select().from(sessions).where(own)
      return session ? done(session) : failed(missing)
    },
    {},
    input,
  )
}

const missing = contract.failure('NOT_FOUND', 'You have no such session.', ['input', 'id'])
