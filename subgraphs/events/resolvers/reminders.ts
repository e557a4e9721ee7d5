import { payload } from '@guildhall/kit/outcome'
import { addEventReminder } from '../commands/add-event-reminder.ts'
import { removeEventReminder } from '../commands/remove-event-reminder.ts'
import { updateEventReminder } from '../commands/update-event-reminder.ts'
import { dueOf } from '../domain/reminder.ts'
import type { EventReminderResolvers, EventResolvers, MutationResolvers } from '../generated/graphql.ts'
import { eventOf } from '../loaders.ts'
import { standing } from '../standing.ts'

export const Mutation: MutationResolvers = {
  addEventReminder: async (_, { input }, ctx) => payload('reminder', await addEventReminder(ctx, input)),
  updateEventReminder: async (_, { input }, ctx) =>
    payload('reminder', await updateEventReminder(ctx, input)),
  removeEventReminder: async (_, { input }, ctx) => payload('event', await removeEventReminder(ctx, input)),
}

export const Event: EventResolvers = {
  reminders: async (event, _, ctx) =>
    (await standing.can(ctx, 'events:write', event)) ? ctx.loaders.remindersOfEvent.load(event.id) : [],
}

export const EventReminder: EventReminderResolvers = {
  __resolveReference: async ({ id }, ctx) => ctx.loaders.reminder.load(id),
  event: (reminder, _, ctx) => eventOf(ctx, reminder),
  dueAt: async (reminder, _, ctx) => dueOf(reminder, await eventOf(ctx, reminder)),
}
