import { reference } from '@guildhall/kit/entities'
import type { OperatorActResolvers } from '../generated/graphql.ts'

export const OperatorAct: OperatorActResolvers = {
  __resolveReference: ({ id }, ctx) => ctx.loaders.act.load(id),
  actor: ({ actorId }) => reference('User', actorId),
  affectedCount: ({ letterIds }) => letterIds.length,
  removedLetterIds: ({ letterIds }) => letterIds,
  replay: ({ replayId }, _, ctx) => (replayId === null ? null : ctx.loaders.replay.load(replayId)),
}
