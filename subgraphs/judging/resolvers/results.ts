import { asReference, reference } from '@guildhall/kit/entities'
import { takesBallots } from '../domain/public-ballot.ts'
import type {
  JudgingAwardResolvers,
  JudgingResultResolvers,
  ProjectResolvers,
  PublicBallotResolvers,
  PublicVoteCountResolvers,
  PublicVoteResolvers,
} from '../generated/graphql.ts'
import { choicesOf, ownBallot } from '../queries.ts'

const shownMax = 20

export const JudgingResult: JudgingResultResolvers = {
  track: ({ trackId }) => reference('EventTrack', trackId),
  awards: async ({ roundId, projectId }, _, ctx) => {
    const all = await ctx.loaders.awards.load(roundId)
    return all.filter((award) => award.projectId === projectId).slice(0, shownMax)
  },
  judgedProject: ({ judgedProjectId }, _, ctx) => ctx.loaders.judgedProject.load(judgedProjectId),
  round: ({ roundId }, _, ctx) => ctx.loaders.round.load(roundId),
}

export const JudgingAward: JudgingAwardResolvers = {
  track: ({ trackId }) => reference('EventTrack', trackId),
  prize: ({ prizeId }) => reference('EventPrize', prizeId),
}

export const Project: ProjectResolvers = {
  __resolveReference: asReference,
  judgingResults: async ({ id }, _, ctx) => (await ctx.loaders.resultsOfProject.load(id)).slice(0, shownMax),
}

export const PublicVote: PublicVoteResolvers = {
  isOpen: (vote, _, ctx) => takesBallots(vote, ctx.now()),
  ownBallot: (vote, _, ctx) => ownBallot(ctx, vote),
}

export const PublicBallot: PublicBallotResolvers = {
  projects: async (ballot, _, ctx) =>
    (await choicesOf(ctx, ballot)).map((projectId) => reference('Project', projectId)),
}

export const PublicVoteCount: PublicVoteCountResolvers = {
  project: ({ projectId }) => reference('Project', projectId),
}
