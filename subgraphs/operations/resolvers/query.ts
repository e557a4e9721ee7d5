import { findDeadLetter, listDeadLetters } from '../dead-letters.ts'
import type { QueryResolvers } from '../generated/graphql.ts'
import { listActs } from '../queries.ts'
import { readBackboneStatus } from '../status.ts'

export const Query: QueryResolvers = {
  backboneStatus: (_, __, ctx) => readBackboneStatus(ctx),
  deadLetters: (_, args, ctx) => listDeadLetters(ctx, args),
  deadLetter: (_, { id }, ctx) => findDeadLetter(ctx, id),
  replay: (_, { id }, ctx) => ctx.loaders.replay.load(id),
  operatorActs: (_, { first, after }, ctx) => listActs(ctx, { first: first ?? 20, after }),
}
