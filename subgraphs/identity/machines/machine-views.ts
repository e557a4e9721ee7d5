import type { Context } from '@guildhall/kit/context'
import { and, eq, gt, inArray, isNull, or, type SQL, sql } from 'drizzle-orm'
import { apiKeys, serviceAccounts } from '../tables.ts'

/** The service accounts that the caller may see: one's own, and those of organizations where one manages them. */
export function visibleServiceAccounts(ctx: Context): SQL | undefined {
  if (ctx.can('users:read', platform)) return undefined
  if (!ctx.viewer) return sql`false`
  return or(
    eq(serviceAccounts.userId, ctx.viewer.userId),
    inArray(serviceAccounts.organizationId, managed(ctx)),
  )
}

/** The keys that the caller may see: one's own, and those of service accounts that one manages. */
export function visibleApiKeys(ctx: Context): SQL | undefined {
  if (ctx.can('users:read', platform)) return undefined
  if (!ctx.viewer) return sql`false`
  const machines = ctx.db
    .select({ userId: serviceAccounts.userId })
    .from(serviceAccounts)
    .where(inArray(serviceAccounts.organizationId, managed(ctx)))
  return or(eq(apiKeys.userId, ctx.viewer.userId), inArray(apiKeys.userId, machines))
}

/** Keys that are good now. */
export const liveKeys = (now: Date): SQL | undefined =>
  and(isNull(apiKeys.revokedAt), or(isNull(apiKeys.expiresAt), gt(apiKeys.expiresAt, now)))

const platform = { organizationId: null }

/** Organizations in which the caller manages service accounts. */
const managed = (ctx: Context): string[] =>
  Object.keys(ctx.viewer?.grants ?? {}).filter((organizationId) =>
    ctx.can('service-accounts:manage', { organizationId }),
  )
