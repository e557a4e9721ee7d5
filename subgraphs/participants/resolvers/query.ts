import type { QueryResolvers } from '../generated/graphql.ts'
import { eventAudience, eventAudienceCount, participation } from '../queries.ts'

export const Query: QueryResolvers = {
  registration: (_, { id }, ctx) => ctx.loaders.registration.load(id),
  eventAudience: (_, args, ctx) => eventAudience(ctx, args),
  eventAudienceCount: (_, args, ctx) => eventAudienceCount(ctx, args),
  participation: async (_, { eventId, userId }, ctx) =>
    (await participation(ctx, eventId, userId))?.status ?? null,
}
