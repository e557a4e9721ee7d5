import type { Context } from '@guildhall/kit/context'
import { prefixOf } from '@guildhall/kit/ids'
import { eq } from 'drizzle-orm'
import { steppedUpUntil } from './domain/authentication.ts'
import type { SessionPrincipal } from './generated/graphql.ts'
import { platformPermissionsOf } from './platform-roles.ts'
import { sessions, type UserRow, users } from './tables.ts'

/** Finds who is behind a `sid`; one per kind of id that can be one. */
type Finder = (ctx: Context, id: string) => Promise<SessionPrincipal | null>

const finders: Readonly<Record<string, Finder>> = { ses: ofSession }

/** Who acts with a session, a key or an external token, and whether that is still good. */
export async function principalOf(ctx: Context, sessionId: string): Promise<SessionPrincipal | null> {
  const prefix = prefixOf(sessionId)
  const find = prefix !== null && Object.hasOwn(finders, prefix) ? finders[prefix] : undefined
  return find ? find(ctx, sessionId) : null
}

/** What holds for every principal of this user, whatever it calls with. */
export const basePrincipal = (user: UserRow): Omit<SessionPrincipal, 'sessionId'> => ({
  userId: user.id,
  isActive: user.status === 'ACTIVE' || user.status === 'PENDING_VERIFICATION',
  platformRoles: user.platformRoles,
  platformPermissions: platformPermissionsOf(user.platformRoles),
  steppedUpUntil: null,
  impersonatorId: null,
  isReadOnly: false,
  scopes: null,
  organizationId: null,
  addresses: null,
  expiresAt: null,
})

async function ofSession(ctx: Context, sessionId: string): Promise<SessionPrincipal | null> {
  const [found] = await ctx.db
    .select({ session: sessions, user: users })
    .from(sessions)
    .innerJoin(users, eq(users.id, sessions.userId))
    .where(eq(sessions.id, sessionId))
  if (!found) return null
  const { session, user } = found
  const base = basePrincipal(user)
  return {
    ...base,
    sessionId,
    isActive: base.isActive && session.revokedAt === null && session.expiresAt > ctx.now(),
    steppedUpUntil: steppedUpUntil(session.steppedUpAt),
    impersonatorId: session.impersonatorId,
    isReadOnly: session.isReadOnly,
    expiresAt: session.expiresAt,
  }
}
