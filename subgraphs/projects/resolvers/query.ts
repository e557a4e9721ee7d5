import type { QueryResolvers } from '../generated/graphql.ts'
import { projectAudience } from '../queries.ts'

export const Query: QueryResolvers = {
  project: (_, { id }, ctx) => ctx.loaders.project.load(id),
  projectAudience: (_, args, ctx) => projectAudience(ctx, args),
}
