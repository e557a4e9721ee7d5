import { reference } from '@guildhall/kit/entities'
import { payload } from '@guildhall/kit/outcome'
import { markNotificationsRead } from '../commands/mark-notifications-read.ts'
import { sendAnnouncement } from '../commands/send-announcement.ts'
import { setNotificationPreference } from '../commands/set-notification-preference.ts'
import type { MutationResolvers } from '../generated/graphql.ts'

export const Mutation: MutationResolvers = {
  markNotificationsRead: async (_, { input }, ctx) => {
    const { read, userErrors } = payload('read', await markNotificationsRead(ctx, input))
    const userId = read ? ctx.requireViewer().userId : null
    return { user: reference('User', userId), readCount: read?.readCount ?? 0, userErrors }
  },
  setNotificationPreference: async (_, { input }, ctx) =>
    payload('preference', await setNotificationPreference(ctx, input)),
  sendAnnouncement: async (_, { input }, ctx) => payload('announcement', await sendAnnouncement(ctx, input)),
}
