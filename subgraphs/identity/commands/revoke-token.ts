import { done, type Outcome } from '@guildhall/kit/outcome'
import { eq } from 'drizzle-orm'
import { hashOf } from '../domain/refresh-token.ts'
import type { RevokeTokenInput } from '../generated/graphql.ts'
import type { Ctx } from '../loaders.ts'
import { recordSecurity } from '../security/security-log.ts'
import { sessionIdIn } from '../sessions/access-token.ts'
import { revokeSessions } from '../sessions/revoke-sessions.ts'
import { refreshTokens, sessions } from '../tables.ts'

/** Ends the session behind a token, for whoever holds the token (RFC 7009). A token that is not good is no failure. */
export async function revokeToken(ctx: Ctx, { token }: RevokeTokenInput): Promise<Outcome<boolean>> {
  const sessionId = (await sessionIdIn(ctx, token)) ?? (await ofRefreshToken(ctx, token))
  if (sessionId === null) return done(true)
  return ctx.transaction('revokeToken', async (tx) => {
    const [session] = await tx
      .select({ userId: sessions.userId })
      .from(sessions)
      .where(eq(sessions.id, sessionId))
    const ended = await revokeSessions(ctx, tx, 'REVOKED', eq(sessions.id, sessionId))
    if (session && ended > 0) {
      await recordSecurity(ctx, tx, { userId: session.userId, kind: 'SESSION_REVOKED', sessionId })
    }
    return done(true)
  })
}

async function ofRefreshToken(ctx: Ctx, token: string): Promise<string | null> {
  const [found] = await ctx.db
    .select({ sessionId: refreshTokens.sessionId })
    .from(refreshTokens)
    .where(eq(refreshTokens.hash, hashOf(token)))
  return found?.sessionId ?? null
}
