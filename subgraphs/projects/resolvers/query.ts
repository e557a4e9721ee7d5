import type { QueryResolvers } from '../generated/graphql.ts'

export const Query: QueryResolvers = {
  project: (_, { id }, ctx) => ctx.loaders.project.load(id),
}
