import type { Context, Transaction } from '@guildhall/kit/context'
import { and, eq, isNull, lte, or, type SQL } from 'drizzle-orm'
import { isLive, usedEveryMs } from '../domain/api-key.ts'
import type { SessionPrincipal } from '../generated/graphql.ts'
import { basePrincipal } from '../sessions/base-principal.ts'
import { type ApiKeyRow, apiKeys, type UserRow, users } from '../tables.ts'

/** Who calls with a key. */
export async function principalOfKey(ctx: Context, which: SQL): Promise<SessionPrincipal | null> {
  const [found] = await ctx.db
    .select({ key: apiKeys, user: users })
    .from(apiKeys)
    .innerJoin(users, eq(users.id, apiKeys.userId))
    .where(which)
  if (!found) return null
  const principal = principalFrom(found.key, found.user, ctx.now())
  if (principal.isActive) await markUsed(ctx, ctx.db, found.key)
  return principal
}

/**
 * What a key can do. Power over the platform as a whole has to be named among its scopes and is not had within one
 * organization: a key that was made without a thought must not administer the house.
 */
export function principalFrom(key: ApiKeyRow, user: UserRow, now: Date): SessionPrincipal {
  const base = basePrincipal(user)
  const platformPermissions = base.platformPermissions.filter(
    (permission) => key.organizationId === null && key.scopes?.includes(permission),
  )
  return {
    ...base,
    sessionId: key.id,
    isActive: base.isActive && isLive(key, now),
    platformRoles: platformPermissions.length > 0 ? base.platformRoles : [],
    platformPermissions,
    scopes: key.scopes,
    organizationId: key.organizationId,
    addresses: key.addresses,
    expiresAt: key.expiresAt,
  }
}

/** Notes the use, at most once a minute. */
export async function markUsed(
  ctx: Context,
  db: Context['db'] | Transaction,
  { id, lastUsedAt }: ApiKeyRow,
): Promise<void> {
  const now = ctx.now()
  const due = new Date(now.getTime() - usedEveryMs)
  if (lastUsedAt && lastUsedAt > due) return
  await db
    .update(apiKeys)
    .set({ lastUsedAt: now })
    .where(and(eq(apiKeys.id, id), or(isNull(apiKeys.lastUsedAt), lte(apiKeys.lastUsedAt, due))))
}
