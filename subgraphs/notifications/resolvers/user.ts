import { asReference } from '@guildhall/kit/entities'
import { preferenceMatrix } from '../domain/preferences.ts'
import type { UserResolvers } from '../generated/graphql.ts'
import type { Ctx } from '../loaders.ts'

export const User: UserResolvers = {
  __resolveReference: asReference,
  notifications: ({ id }, { filter, first, after }, ctx) =>
    isSelf(ctx, id)
      ? ctx.loaders.notificationsOfUser.load({
          parentId: id,
          page: { first: first ?? 20, after },
          filter: filter ?? null,
        })
      : null,
  unreadNotificationCount: async ({ id }, _, ctx) =>
    isSelf(ctx, id) ? ((await ctx.loaders.recipient.load(id))?.unread ?? 0) : null,
  notificationPreferences: async ({ id }, _, ctx) =>
    isSelf(ctx, id) ? preferenceMatrix(await ctx.loaders.preferences.load(id)) : null,
}

/** Inboxes are private: not even owners of an organization see those of its members. */
const isSelf = (ctx: Ctx, userId: string): boolean => ctx.viewer?.userId === userId
