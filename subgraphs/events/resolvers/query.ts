import { slugShape } from '../domain/slug.ts'
import type { QueryResolvers } from '../generated/graphql.ts'
import { listEvents } from '../queries.ts'

export const Query: QueryResolvers = {
  event: (_, { id }, ctx) => ctx.loaders.event.load(id),
  eventBySlug: async (_, { slug }, ctx) =>
    slugShape.test(slug) ? ((await ctx.loaders.eventBySlug.load(slug))[0] ?? null) : null,
  events: (_, args, ctx) => listEvents(ctx, args),
}
