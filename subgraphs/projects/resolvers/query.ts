import type { QueryResolvers } from '../generated/graphql.ts'
import { listProjects, projectAudience } from '../queries.ts'

export const Query: Partial<QueryResolvers> = {
  projects: (_, args, ctx) => listProjects(ctx, args),
  project: (_, { id }, ctx) => ctx.loaders.project.load(id),
  projectAudience: (_, args, ctx) => projectAudience(ctx, args),
}
