import type { Context } from '@guildhall/kit/context'
import { byId, byParent } from '@guildhall/kit/loaders'
import { and, desc, inArray, isNull, sql } from 'drizzle-orm'
import { externalLoaders } from './external/external-loaders.ts'
import { factorLoaders } from './factors/factor-loaders.ts'
import { liveKeys, visibleApiKeys, visibleServiceAccounts } from './machines/machine-views.ts'
import { privacyLoaders } from './privacy/privacy-loaders.ts'
import { sessionLoaders } from './sessions/session-loaders.ts'
import {
  type ApiKeyRow,
  apiKeys,
  type ServiceAccountRow,
  serviceAccounts,
  type UserRow,
  users,
} from './tables.ts'

export type Ctx = Context<ReturnType<typeof loaders>>

/** Batches of one operation. People are seen by those who are logged in; what of them, `resolvers/user.ts` decides. */
export const loaders = (ctx: Context) => ({
  ...factorLoaders(ctx),
  ...externalLoaders(ctx),
  user: byId<UserRow>(ctx, 'usr', users, ctx.caller.kind === 'anonymous' ? sql`false` : undefined),
  ...sessionLoaders(ctx),
  apiKey: byId<ApiKeyRow>(ctx, 'key', apiKeys, visibleApiKeys(ctx)),
  apiKeysOfUser: byParent<ApiKeyRow>(
    (userIds) =>
      ctx.db
        .select()
        .from(apiKeys)
        .where(and(inArray(apiKeys.userId, [...userIds]), liveKeys(ctx.now()), visibleApiKeys(ctx)))
        .orderBy(desc(apiKeys.createdAt), desc(apiKeys.id)),
    (key) => key.userId,
  ),
  serviceAccount: byId<ServiceAccountRow>(ctx, 'sva', serviceAccounts, liveServiceAccounts(ctx)),
  /** None or one per user. */
  serviceAccountOfUser: byParent<ServiceAccountRow>(
    (userIds) =>
      ctx.db
        .select()
        .from(serviceAccounts)
        .where(and(inArray(serviceAccounts.userId, [...userIds]), liveServiceAccounts(ctx))),
    (account) => account.userId,
  ),
  ...privacyLoaders(ctx),
})

const liveServiceAccounts = (ctx: Context) =>
  and(isNull(serviceAccounts.deletedAt), visibleServiceAccounts(ctx))
