import { reference } from '@guildhall/kit/entities'
import { totalOf } from '../domain/sheet.ts'
import type {
  CriterionScoreResolvers,
  JudgingPairResolvers,
  PairwiseVoteResolvers,
  ScoreSheetResolvers,
} from '../generated/graphql.ts'

export const ScoreSheet: ScoreSheetResolvers = {
  __resolveReference: async ({ id }, ctx) => ctx.loaders.sheet.load(id),
  scores: ({ id }, _, ctx) => ctx.loaders.scores.load(id),
  total: async ({ id, roundId }, _, ctx) =>
    totalOf(await ctx.loaders.criteria.load(roundId), await ctx.loaders.scores.load(id)),
  judgedProject: ({ judgedProjectId }, _, ctx) => ctx.loaders.judgedProject.load(judgedProjectId),
  judge: ({ judgeId }) => reference('User', judgeId),
}

export const CriterionScore: CriterionScoreResolvers = {
  criterion: async ({ criterionId }, _, ctx) => {
    const criterion = await ctx.loaders.ownCriterion.load(criterionId)
    if (!criterion) throw new Error(`criterion ${criterionId} is gone`)
    return criterion
  },
}

export const JudgingPair: JudgingPairResolvers = {
  previous: ({ previousId }, _, ctx) =>
    previousId === null ? null : ctx.loaders.judgedProject.load(previousId),
  next: ({ nextId }, _, ctx) => (nextId === null ? null : ctx.loaders.judgedProject.load(nextId)),
}

export const PairwiseVote: PairwiseVoteResolvers = {
  __resolveReference: async ({ id }, ctx) => ctx.loaders.vote.load(id),
  winner: ({ winnerId }, _, ctx) => ctx.loaders.judgedProject.load(winnerId),
  loser: ({ loserId }, _, ctx) => ctx.loaders.judgedProject.load(loserId),
  castAt: ({ at }) => at,
  judge: ({ judgeId }) => reference('User', judgeId),
}
