import { userLife } from '../domain/user-status.ts'
import type { PlatformRole, UserResolvers } from '../generated/graphql.ts'
import type { Ctx } from '../loaders.ts'
import type { UserRow } from '../tables.ts'

export const User: UserResolvers = {
  __resolveReference: ({ id }, ctx) => ctx.loaders.user.load(id),
  email: (user, _, ctx) => (isPrivyTo(ctx, user) ? user.email : null),
  isEmailVerified: (user, _, ctx) => (isPrivyTo(ctx, user) ? user.emailVerifiedAt !== null : null),
  locale: (user, _, ctx) => (isPrivyTo(ctx, user) ? user.locale : null),
  timezone: (user, _, ctx) => (isPrivyTo(ctx, user) ? user.timezone : null),
  createdAt: (user, _, ctx) => (isPrivyTo(ctx, user) ? user.createdAt : null),
  apiKeys: (user, _, ctx) => (isPrivyTo(ctx, user) ? ctx.loaders.apiKeysOfUser.load(user.id) : null),
  status: (user, _, ctx) => (isPrivyTo(ctx, user) ? user.status : null),
  nextStatuses: (user, _, ctx) => (isPrivyTo(ctx, user) ? userLife[user.status].map(({ to }) => to) : null),
  platformRoles: (user, _, ctx) => (isPrivyTo(ctx, user) ? (user.platformRoles as PlatformRole[]) : null),
  suspendedAt: (user, _, ctx) => (isPrivyTo(ctx, user) ? user.suspendedAt : null),
  suspendedReason: (user, _, ctx) => (isPrivyTo(ctx, user) ? user.suspendedReason : null),
  version: (user, _, ctx) => (isPrivyTo(ctx, user) ? user.version : null),
}

/** The person, those who run the house, and our own services. */
export const isPrivyTo = (ctx: Ctx, user: UserRow): boolean =>
  ctx.viewer?.userId === user.id || ctx.can('users:read', { organizationId: null })
