import type { UserResolvers } from '../generated/graphql.ts'
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
  version: (user, _, ctx) => (isPrivyTo(ctx, user) ? user.version : null),
}

/** The person alone, and our own services. */
export const isPrivyTo = (ctx: Ctx, user: UserRow): boolean =>
  ctx.caller.kind === 'service' || ctx.viewer?.userId === user.id
