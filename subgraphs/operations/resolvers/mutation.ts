import { payload } from '@guildhall/kit/outcome'
import { discardDeadLetters } from '../commands/discard-dead-letters.ts'
import { redriveDeadLetters } from '../commands/redrive-dead-letters.ts'
import { replayEvents } from '../commands/replay-events.ts'
import type { MutationResolvers } from '../generated/graphql.ts'

export const Mutation: MutationResolvers = {
  redriveDeadLetters: async (_, { input }, ctx) => payload('act', await redriveDeadLetters(ctx, input)),
  discardDeadLetters: async (_, { input }, ctx) => payload('act', await discardDeadLetters(ctx, input)),
  replayEvents: async (_, { input }, ctx) => payload('replay', await replayEvents(ctx, input)),
}
