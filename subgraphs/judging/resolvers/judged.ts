import { reference } from '@guildhall/kit/entities'
import { projectBehind, projectOfConflict } from '../blindness.ts'
import type {
  ConflictOfInterestResolvers,
  JudgeAssignmentResolvers,
  JudgedProjectResolvers,
} from '../generated/graphql.ts'
import type { Ctx } from '../loaders.ts'
import { sharedComments } from '../scoring/shared-comments.ts'
import { manages } from '../standing.ts'
import type { JudgedProjectRow } from '../tables.ts'

export const JudgedProject: JudgedProjectResolvers = {
  __resolveReference: async ({ id }, ctx) => ctx.loaders.judgedProject.load(id),
  label: ({ number }) => `Project ${number}`,
  tracks: ({ trackIds }) => trackIds.map((id) => reference('EventTrack', id)),
  judgeCount: async (judged, _, ctx) => ((await isManaged(ctx, judged)) ? judged.judgeCount : null),
  reviewCount: async (judged, _, ctx) => ((await isManaged(ctx, judged)) ? judged.reviewCount : null),
  project: async (judged, _, ctx) => reference('Project', await projectBehind(ctx, judged)),
  round: ({ roundId }, _, ctx) => ctx.loaders.round.load(roundId),
  scoreSheets: ({ id }, { first, after }, ctx) =>
    ctx.loaders.sheetsOfJudged.load({ parentId: id, page: { first: first ?? 20, after }, filter: null }),
  sharedComments: (judged, _, ctx) => sharedComments(ctx, judged),
}

const isManaged = async (ctx: Ctx, { roundId }: JudgedProjectRow): Promise<boolean> => {
  const round = await ctx.loaders.ownRound.load(roundId)
  return round !== null && manages(ctx, round)
}

export const JudgeAssignment: JudgeAssignmentResolvers = {
  __resolveReference: async ({ id }, ctx) => ctx.loaders.assignment.load(id),
  judgedProject: ({ judgedProjectId }, _, ctx) => ctx.loaders.judgedProject.load(judgedProjectId),
  judge: ({ judgeId }) => reference('User', judgeId),
  scoreSheet: async ({ judgedProjectId, judgeId }, _, ctx) => {
    const seen = await ctx.loaders.seenSheets.load(judgedProjectId)
    return seen.find((sheet) => sheet.judgeId === judgeId) ?? null
  },
  round: ({ roundId }, _, ctx) => ctx.loaders.round.load(roundId),
}

export const ConflictOfInterest: ConflictOfInterestResolvers = {
  __resolveReference: async ({ id }, ctx) => ctx.loaders.conflict.load(id),
  judge: ({ judgeId }) => reference('User', judgeId),
  declaredBy: ({ declaredById }) => reference('User', declaredById),
  project: async (conflict, _, ctx) => reference('Project', await projectOfConflict(ctx, conflict)),
}
