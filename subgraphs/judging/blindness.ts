import { hidesTeams } from './domain/round-life.ts'
import type { Ctx } from './loaders.ts'
import { manages } from './standing.ts'
import type { ConflictOfInterestRow, JudgedProjectRow } from './tables.ts'

/**
 * The project behind a candidate; null for judges of a round that is blind as yet. Everything that leads from judging to a
 * project asks here.
 */
export async function projectBehind(ctx: Ctx, judged: JudgedProjectRow): Promise<string | null> {
  const round = await ctx.loaders.ownRound.load(judged.roundId)
  if (!round) return null
  return !hidesTeams(round) || (await manages(ctx, round)) ? judged.projectId : null
}

/** The project of a conflict; a judge would learn from it which candidate it was. */
export async function projectOfConflict(ctx: Ctx, conflict: ConflictOfInterestRow): Promise<string | null> {
  if (await manages(ctx, conflict)) return conflict.projectId
  const blind = await ctx.loaders.blindRounds.load(conflict.projectId)
  return blind.length === 0 ? conflict.projectId : null
}
