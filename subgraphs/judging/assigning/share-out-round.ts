import type { Transaction } from '@guildhall/kit/context'
import type { Failure } from '@guildhall/kit/outcome'
import { eq } from 'drizzle-orm'
import { conflictsOf } from '../conflicts.ts'
import contract, { judgeAssigned } from '../contract.ts'
import { allToAll, balanced, type ShareOut } from '../domain/share-out.ts'
import type { AssignJudgesInput } from '../generated/graphql.ts'
import type { Ctx } from '../loaders.ts'
import { tellProgress } from '../rounds/progress-signal.ts'
import { roundFactsOf } from '../rounds/round-facts.ts'
import { assignments, type JudgedProjectRow, type JudgingRoundRow } from '../tables.ts'
import { countJudges } from './count-judges.ts'

/** What became of sharing out a round. */
export interface SharedOutRows {
  round: JudgingRoundRow
  assignedCount: number
  shortfallCount: number
  shortfalls: { judgedProject: JudgedProjectRow; missingCount: number }[]
}

const judgesMax = 200
const tracksMax = 50
const shortfallsMax = 50
/** A statement has at most 65,535 parameters. */
const rowsPerInsert = 5_000

/** Everything that is wrong with how a round shall be shared out. */
export function shareOutProblems({
  judgeIds,
  tracks,
  reviewsPerProject,
  strategy,
}: AssignJudgesInput): Failure[] {
  const problems: Failure[] = []
  const refuse = (message: string, field: string) =>
    problems.push(contract.failure('INVALID_VALUE', message, ['input', field]))
  if ((judgeIds?.length ?? 0) > judgesMax) refuse(`At most ${judgesMax} judges.`, 'judgeIds')
  if ((tracks?.length ?? 0) > tracksMax) refuse(`At most ${tracksMax} tracks.`, 'tracks')
  if (tracks?.some((track) => track.judgeIds.length > judgesMax)) {
    refuse(`At most ${judgesMax} judges for a track.`, 'tracks')
  }
  if (strategy === 'BY_TRACK' && !tracks?.length) refuse('Say who judges which track.', 'tracks')
  if (reviewsPerProject != null && (reviewsPerProject < 1 || reviewsPerProject > 100)) {
    refuse('A project gets 1 to 100 judges.', 'reviewsPerProject')
  }
  return problems
}

/** Works out who judges what and writes it down; the lock on the round's assignments is held. */
export async function shareOutRound(
  ctx: Ctx,
  tx: Transaction,
  round: JudgingRoundRow,
  projects: readonly JudgedProjectRow[],
  judgeIds: readonly string[],
  input: AssignJudgesInput,
): Promise<SharedOutRows> {
  const byId = new Map(projects.map((project) => [project.id, project]))
  const held = await tx.select().from(assignments).where(eq(assignments.roundId, round.id))
  const barred = await conflictsOf(
    tx,
    judgeIds,
    projects.map(({ projectId }) => projectId),
  )
  const ofTrack = new Map(input.tracks?.map((track) => [track.trackId, new Set(track.judgeIds)]))
  const wanted: ShareOut = {
    projectIds: [...byId.keys()].sort(),
    judgeIds,
    assigned: held.map(({ judgeId, judgedProjectId }) => ({ judgeId, projectId: judgedProjectId })),
    reviewsPerProject: input.reviewsPerProject ?? round.minReviewsPerProject,
    loadMax: round.maxProjectsPerJudge ?? Number.POSITIVE_INFINITY,
    seed: round.seed,
    mayJudge: (judgeId, id) => {
      const project = byId.get(id)
      if (!project || barred.has(`${judgeId} ${project.projectId}`)) return false
      return (
        input.strategy !== 'BY_TRACK' ||
        project.trackIds.some((trackId) => ofTrack.get(trackId)?.has(judgeId))
      )
    },
  }
  const { added, shortfalls } = input.strategy === 'ALL_TO_ALL' ? allToAll(wanted) : balanced(wanted)
  const now = ctx.now()
  const rows = added.map(({ judgeId, projectId }) => ({
    id: ctx.newId('jas'),
    roundId: round.id,
    judgedProjectId: projectId,
    judgeId,
    origin: 'PLANNED' as const,
    assignedAt: now,
  }))
  for (let from = 0; from < rows.length; from += rowsPerInsert) {
    await tx.insert(assignments).values(rows.slice(from, from + rowsPerInsert))
  }
  await countJudges(tx, round.id)
  const { judgeIds: _all, ...facts } = await roundFactsOf(ctx, tx, round)
  for (const [judgeId, theirs] of Map.groupBy(added, (one) => one.judgeId)) {
    await tx.emit(judgeAssigned, { ...facts, judgeId, projectCount: theirs.length })
  }
  tellProgress(ctx, tx, [round.id])
  return {
    round,
    assignedCount: added.length,
    shortfallCount: shortfalls.length,
    shortfalls: shortfalls.slice(0, shortfallsMax).flatMap(({ projectId, missingCount }) => {
      const judgedProject = byId.get(projectId)
      return judgedProject ? [{ judgedProject, missingCount }] : []
    }),
  }
}
