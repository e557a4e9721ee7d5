import type { QueryResolvers } from '../generated/graphql.ts'
import { listEvents } from '../queries.ts'

export const Query: QueryResolvers = {
  event: (_, { id }, ctx) => ctx.loaders.event.load(id),
  events: (_, args, ctx) => listEvents(ctx, args),
}
