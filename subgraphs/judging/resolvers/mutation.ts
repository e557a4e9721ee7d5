import { reference } from '@guildhall/kit/entities'
import { payload } from '@guildhall/kit/outcome'
import { addJudgingCriterion } from '../commands/add-judging-criterion.ts'
import { assignJudge } from '../commands/assign-judge.ts'
import { assignJudges } from '../commands/assign-judges.ts'
import { castPairwiseVote } from '../commands/cast-pairwise-vote.ts'
import { castPublicVote } from '../commands/cast-public-vote.ts'
import { closeJudgingRound } from '../commands/close-judging-round.ts'
import { createJudgingRound } from '../commands/create-judging-round.ts'
import { declareConflict } from '../commands/declare-conflict.ts'
import { deleteJudgingRound } from '../commands/delete-judging-round.ts'
import { openJudgingRound } from '../commands/open-judging-round.ts'
import { publishResults } from '../commands/publish-results.ts'
import { removeJudgingCriterion } from '../commands/remove-judging-criterion.ts'
import { reopenJudgingRound } from '../commands/reopen-judging-round.ts'
import { setPublicVote } from '../commands/set-public-vote.ts'
import { submitScore } from '../commands/submit-score.ts'
import { takeNextPair } from '../commands/take-next-pair.ts'
import { takeNextProject } from '../commands/take-next-project.ts'
import { unassignJudge } from '../commands/unassign-judge.ts'
import { updateJudgingCriterion } from '../commands/update-judging-criterion.ts'
import { updateJudgingRound } from '../commands/update-judging-round.ts'
import type { MutationResolvers } from '../generated/graphql.ts'

export const Mutation: MutationResolvers = {
  createJudgingRound: async (_, { input }, ctx) => payload('round', await createJudgingRound(ctx, input)),
  updateJudgingRound: async (_, { input }, ctx) => payload('round', await updateJudgingRound(ctx, input)),
  deleteJudgingRound: async (_, { input }, ctx) => {
    const outcome = await deleteJudgingRound(ctx, input)
    return { ...payload('id', outcome), event: outcome.ok ? reference('Event', outcome.value) : null }
  },
  addJudgingCriterion: async (_, { input }, ctx) =>
    payload('criterion', await addJudgingCriterion(ctx, input)),
  updateJudgingCriterion: async (_, { input }, ctx) =>
    payload('criterion', await updateJudgingCriterion(ctx, input)),
  removeJudgingCriterion: async (_, { input }, ctx) =>
    payload('round', await removeJudgingCriterion(ctx, input)),
  openJudgingRound: async (_, { input }, ctx) => payload('round', await openJudgingRound(ctx, input)),
  closeJudgingRound: async (_, { input }, ctx) => payload('round', await closeJudgingRound(ctx, input)),
  reopenJudgingRound: async (_, { input }, ctx) => payload('round', await reopenJudgingRound(ctx, input)),
  assignJudges: async (_, { input }, ctx) => {
    const outcome = await assignJudges(ctx, input)
    return { ...payload('all', outcome), ...(outcome.ok ? outcome.value : {}) }
  },
  assignJudge: async (_, { input }, ctx) => payload('assignment', await assignJudge(ctx, input)),
  unassignJudge: async (_, { input }, ctx) => {
    const outcome = await unassignJudge(ctx, input)
    const judgedProject = outcome.ok ? await ctx.loaders.judgedProject.load(outcome.value) : null
    return { ...payload('id', outcome), judgedProject }
  },
  takeNextProject: async (_, { input }, ctx) => payload('assignment', await takeNextProject(ctx, input)),
  declareConflict: async (_, { input }, ctx) => payload('conflict', await declareConflict(ctx, input)),
  submitScore: async (_, { input }, ctx) => payload('scoreSheet', await submitScore(ctx, input)),
  takeNextPair: async (_, { input }, ctx) => payload('pair', await takeNextPair(ctx, input)),
  castPairwiseVote: async (_, { input }, ctx) => {
    const outcome = await castPairwiseVote(ctx, input)
    const { vote = null, pair = null } = outcome.ok ? outcome.value : {}
    return { ...payload('cast', outcome), vote, pair }
  },
  publishResults: async (_, { input }, ctx) => payload('round', await publishResults(ctx, input)),
  setPublicVote: async (_, { input }, ctx) => payload('publicVote', await setPublicVote(ctx, input)),
  castPublicVote: async (_, { input }, ctx) => payload('ballot', await castPublicVote(ctx, input)),
}
