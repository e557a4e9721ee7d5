import { payload } from '@guildhall/kit/outcome'
import { cancelErasure } from '../commands/cancel-erasure.ts'
import { contentPlace } from '../commands/gather-data-exports.ts'
import { requestDataExport } from '../commands/request-data-export.ts'
import { requestErasure } from '../commands/request-erasure.ts'
import { retryErasure } from '../commands/retry-erasure.ts'
import type {
  DataExportResolvers,
  ErasureResolvers,
  MutationResolvers,
  QueryResolvers,
  UserResolvers,
} from '../generated/graphql.ts'

export const Query: QueryResolvers = {
  erasure: (_, { id }, ctx) => ctx.loaders.erasure.load(id),
  dataExport: (_, { id }, ctx) => ctx.loaders.dataExport.load(id),
}

export const Mutation: MutationResolvers = {
  requestDataExport: async (_, { input }, ctx) => payload('dataExport', await requestDataExport(ctx, input)),
  requestErasure: async (_, { input }, ctx) => payload('erasure', await requestErasure(ctx, input)),
  cancelErasure: async (_, { input }, ctx) => payload('erasure', await cancelErasure(ctx, input)),
  retryErasure: async (_, { input }, ctx) => payload('erasure', await retryErasure(ctx, input)),
}

export const User: UserResolvers = {
  dataExports: ({ id }, _, ctx) => (ctx.viewer?.userId === id ? ctx.loaders.exportsOfUser.load(id) : null),
  erasure: async ({ id }, _, ctx) =>
    ctx.viewer?.userId === id ? ((await ctx.loaders.openErasureOfUser.load(id))[0] ?? null) : null,
}

export const DataExport: DataExportResolvers = {
  __resolveReference: ({ id }, ctx) => ctx.loaders.dataExport.load(id),
  content: ({ id, content }, _, ctx) => {
    if (content === null) return null
    ctx.requireStepUp()
    return ctx.vault.open(content, contentPlace(id))
  },
}

export const Erasure: ErasureResolvers = {
  __resolveReference: ({ id }, ctx) => ctx.loaders.erasure.load(id),
  steps: ({ id }, _, ctx) => ctx.loaders.stepsOfErasure.load(id),
}
