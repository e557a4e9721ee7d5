import { phoneOf } from '../accounts/phone.ts'
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
  phone: (user, _, ctx) => (isOwn(ctx, user) ? phoneOf(ctx, user) : null),
  preferences: (user, _, ctx) => (isOwn(ctx, user) ? preferencesOf(user) : null),
  createdAt: (user, _, ctx) => (isPrivyTo(ctx, user) ? user.createdAt : null),
  apiKeys: (user, _, ctx) => (isPrivyTo(ctx, user) ? ctx.loaders.apiKeysOfUser.load(user.id) : null),
  status: (user, _, ctx) => (isPrivyTo(ctx, user) ? user.status : null),
  nextStatuses: (user, _, ctx) => (isPrivyTo(ctx, user) ? userLife[user.status].map(({ to }) => to) : null),
  platformRoles: (user, _, ctx) => (isPrivyTo(ctx, user) ? (user.platformRoles as PlatformRole[]) : null),
  suspendedAt: (user, _, ctx) => (isPrivyTo(ctx, user) ? user.suspendedAt : null),
  suspendedReason: (user, _, ctx) => (isPrivyTo(ctx, user) ? user.suspendedReason : null),
  externalIdentities: (user, _, ctx) =>
    isPrivyTo(ctx, user) ? ctx.loaders.externalIdentities.load(user.id) : null,
  version: (user, _, ctx) => (isPrivyTo(ctx, user) ? user.version : null),
}

/** The person, those who run the house, and our own services. */
export const isPrivyTo = (ctx: Ctx, user: UserRow): boolean =>
  ctx.viewer?.userId === user.id || ctx.can('users:read', { organizationId: null })

/** What those who run the house have no business with. */
const isOwn = ({ caller, viewer }: Ctx, user: UserRow): boolean =>
  caller.kind === 'service' || viewer?.userId === user.id

const preferencesOf = ({ preferences }: UserRow) =>
  Object.entries(preferences)
    .map(([name, value]) => ({ name, value }))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
