import type { Context } from '@guildhall/kit/context'
import { prefixOf } from '@guildhall/kit/ids'
import { eq } from 'drizzle-orm'
import { steppedUpUntil } from '../domain/authentication.ts'
import { principalOfIdentityId } from '../external/external-principal.ts'
import type { SessionPrincipal } from '../generated/graphql.ts'
import { principalOfKey } from '../machines/key-principal.ts'
import { apiKeys, sessions, users } from '../tables.ts'
import { basePrincipal } from './base-principal.ts'

/** Finds who is behind a `sid`; one per kind of id that can be one. */
type Finder = (ctx: Context, id: string) => Promise<SessionPrincipal | null>

const finders: Readonly<Record<string, Finder>> = { ses: ofSession, key: ofKey, xid: principalOfIdentityId }

/** Who acts with a session, a key or an external token, and whether that is still good. */
export async function principalOf(ctx: Context, sessionId: string): Promise<SessionPrincipal | null> {
  const prefix = prefixOf(sessionId)
  const find = prefix !== null && Object.hasOwn(finders, prefix) ? finders[prefix] : undefined
  return find ? find(ctx, sessionId) : null
}

/** Who calls with the API key of this hash. */
export const principalOfApiKey = (ctx: Context, keyHash: string): Promise<SessionPrincipal | null> =>
  principalOfKey(ctx, eq(apiKeys.hash, keyHash))

/** Access tokens that were issued for a key name it as their session. */
async function ofKey(ctx: Context, keyId: string): Promise<SessionPrincipal | null> {
  return principalOfKey(ctx, eq(apiKeys.id, keyId))
}

async function ofSession(ctx: Context, sessionId: string): Promise<SessionPrincipal | null> {
  const [found] = await ctx.db
    .select({ session: sessions, user: users })
    .from(sessions)
    .innerJoin(users, eq(users.id, sessions.userId))
    .where(eq(sessions.id, sessionId))
  if (!found) return null
  const { session, user } = found
  const base = basePrincipal(user)
  // Whoever acts in somebody's name runs the house themselves, and must not do so twice.
  const power = session.impersonatorId
    ? { platformRoles: [], platformPermissions: [], steppedUpUntil: null }
    : { steppedUpUntil: steppedUpUntil(session.steppedUpAt) }
  return {
    ...base,
    ...power,
    sessionId,
    isActive: base.isActive && session.revokedAt === null && session.expiresAt > ctx.now(),
    impersonatorId: session.impersonatorId,
    isReadOnly: session.isReadOnly,
    expiresAt: session.expiresAt,
  }
}
