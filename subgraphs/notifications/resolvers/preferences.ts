import { payload } from '@guildhall/kit/outcome'
import { setNotificationChannel } from '../commands/set-notification-channel.ts'
import { setNotificationDefault } from '../commands/set-notification-default.ts'
import { setNotificationPreference } from '../commands/set-notification-preference.ts'
import { preferenceMatrix } from '../domain/preferences.ts'
import type {
  MutationResolvers,
  NotificationDefaultResolvers,
  QueryResolvers,
  UserResolvers,
} from '../generated/graphql.ts'
import { heldBy } from '../preferences/choices.ts'
import { scopeOf } from '../preferences/scopes.ts'
import { subjectOf } from '../preferences/subjects.ts'
import { isSelf } from './self.ts'

export const Query: QueryResolvers = {
  notificationDefaults: async (_, { scopeId }, ctx) =>
    (await scopeOf(ctx, scopeId)) ? ctx.loaders.scopeDefaults.load(scopeId) : null,
}

export const Mutation: MutationResolvers = {
  setNotificationPreference: async (_, { input }, ctx) =>
    payload('preference', await setNotificationPreference(ctx, input)),
  setNotificationChannel: async (_, { input }, ctx) =>
    payload('preferences', await setNotificationChannel(ctx, input)),
  setNotificationDefault: async (_, { input }, ctx) =>
    payload('notificationDefault', await setNotificationDefault(ctx, input)),
}

export const NotificationDefault: NotificationDefaultResolvers = {
  scope: ({ scopeId }, _, __, { schema }) => subjectOf(schema, scopeId),
}

export const User: UserResolvers = {
  notificationPreferences: async ({ id }, { scopeId, isDetailed }, ctx) => {
    if (!isSelf(ctx, id) || (scopeId != null && !(await scopeOf(ctx, scopeId)))) return null
    return preferenceMatrix(await heldBy(ctx.db, id, scopeId), isDetailed)
  },
}
