import type { Ctx } from '../loaders.ts'
import type { JudgedProjectRow } from '../tables.ts'

const commentsMax = 50

/** What judges wrote, for the team, once results are published and if the round shares it. */
export async function sharedComments(ctx: Ctx, judged: JudgedProjectRow): Promise<string[] | null> {
  const round = await ctx.loaders.ownRound.load(judged.roundId)
  if (round?.status !== 'PUBLISHED' || !round.isFeedbackShared) return null
  const own = await ctx.loaders.ownTeams.load(judged.projectId)
  if (own.length === 0) return null
  const written = await ctx.loaders.comments.load(judged.id)
  return written.flatMap(({ comment }) => (comment === null ? [] : [comment])).slice(0, commentsMax)
}
