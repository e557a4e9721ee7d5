import { payload } from '@guildhall/kit/outcome'
import { createEvent } from '../commands/create-event.ts'
import { transitionEvent } from '../commands/transition-event.ts'
import { updateEvent } from '../commands/update-event.ts'
import type { MutationResolvers } from '../generated/graphql.ts'

export const Mutation: MutationResolvers = {
  createEvent: async (_, { input }, ctx) => payload('event', await createEvent(ctx, input)),
  updateEvent: async (_, { input }, ctx) => payload('event', await updateEvent(ctx, input)),
  transitionEvent: async (_, { input }, ctx) => payload('event', await transitionEvent(ctx, input)),
}
