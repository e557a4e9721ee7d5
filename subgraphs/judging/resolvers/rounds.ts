import { asReference, reference } from '@guildhall/kit/entities'
import { takesScores } from '../domain/round-life.ts'
import type {
  EventResolvers,
  JudgeProgressResolvers,
  JudgingCriterionResolvers,
  JudgingRoundResolvers,
  JudgingRoundTransitionResolvers,
} from '../generated/graphql.ts'
import { openRoundCount, publicVoteCounts } from '../queries.ts'
import { openSteps } from '../rounds/open-steps.ts'
import { progressOf } from '../rounds/progress.ts'
import { manages } from '../standing.ts'

export const JudgingRound: JudgingRoundResolvers = {
  __resolveReference: async ({ id }, ctx) => ctx.loaders.round.load(id),
  isTakingScores: (round, _, ctx) => takesScores(round, ctx.now()),
  track: ({ trackId }) => reference('EventTrack', trackId),
  previousRound: ({ previousRoundId }, _, ctx) =>
    previousRoundId === null ? null : ctx.loaders.round.load(previousRoundId),
  criteria: ({ id }, _, ctx) => ctx.loaders.criteria.load(id),
  projects: ({ id }, { first, after }, ctx) =>
    ctx.loaders.judgedOfRound.load({ parentId: id, page: { first: first ?? 20, after }, filter: null }),
  assignments: ({ id }, { first, after }, ctx) =>
    ctx.loaders.assignmentsOfRound.load({ parentId: id, page: { first: first ?? 20, after }, filter: null }),
  progress: async (round, _, ctx) => ((await manages(ctx, round)) ? progressOf(ctx.db, round) : null),
  event: ({ eventId }) => reference('Event', eventId),
  organization: ({ organizationId }) => reference('Organization', organizationId),
  history: async (round, _, ctx) => ((await manages(ctx, round)) ? ctx.loaders.history.load(round.id) : []),
  availableTransitions: async (round, _, ctx) => ((await manages(ctx, round)) ? openSteps(round) : []),
}

export const JudgingCriterion: JudgingCriterionResolvers = {
  __resolveReference: async ({ id }, ctx) => ctx.loaders.criterion.load(id),
  round: ({ roundId }, _, ctx) => ctx.loaders.round.load(roundId),
}

export const JudgingRoundTransition: JudgingRoundTransitionResolvers = {
  actor: ({ actorId }) => reference('User', actorId),
}

export const JudgeProgress: JudgeProgressResolvers = {
  judge: ({ judgeId }) => reference('User', judgeId),
}

export const Event: EventResolvers = {
  __resolveReference: asReference,
  judgingRounds: ({ id }, _, ctx) => ctx.loaders.roundsOfEvent.load(id),
  openRoundCount: ({ id }, _, ctx) => openRoundCount(ctx, id),
  conflictsOfInterest: ({ id }, { first, after }, ctx) =>
    ctx.loaders.conflictsOfEvent.load({ parentId: id, page: { first: first ?? 20, after }, filter: null }),
  publicVote: async ({ id }, _, ctx) =>
    (await ctx.loaders.eventTerms.load(id)) ? ctx.loaders.publicVote.load(id) : null,
  publicVoteCounts: ({ id }, _, ctx) => publicVoteCounts(ctx, id),
}
