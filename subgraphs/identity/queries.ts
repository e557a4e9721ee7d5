import { isId } from '@guildhall/kit/ids'
import { eq } from 'drizzle-orm'
import { normalizeEmail } from './domain/email.ts'
import type { SessionPrincipal } from './generated/graphql.ts'
import type { Ctx } from './loaders.ts'
import { sessions, users } from './tables.ts'

/** Whom a session belongs to, and whether it is still good. */
export async function sessionPrincipal(ctx: Ctx, sessionId: string): Promise<SessionPrincipal | null> {
  if (!isId('ses', sessionId)) return null
  const [found] = await ctx.db
    .select({ session: sessions, platformRoles: users.platformRoles })
    .from(sessions)
    .innerJoin(users, eq(users.id, sessions.userId))
    .where(eq(sessions.id, sessionId))
  if (!found) return null
  const { session, platformRoles } = found
  const isActive = session.revokedAt === null && session.expiresAt > ctx.now()
  return { userId: session.userId, isActive, platformRoles }
}

/** The account that has this address. */
export async function userIdByEmail(ctx: Ctx, email: string): Promise<string | null> {
  const [found] = await ctx.db
    .select({ id: users.id })
    .from(users)
    .where(eq(users.email, normalizeEmail(email)))
  return found?.id ?? null
}
