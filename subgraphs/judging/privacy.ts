import type { Privacy } from '@guildhall/kit/privacy'
import { and, asc, eq, inArray, notExists } from 'drizzle-orm'
import { countJudges } from './assigning/count-judges.ts'
import {
  assignments,
  ballotChoices,
  ballots,
  conflicts,
  eventRoles,
  judgedProjects,
  judgePairs,
  projectFacts,
  rounds,
  sheets,
  votes,
} from './tables.ts'

/**
 * What judges said stays, and results with it: the ids left there lead to nobody. Who is in a team is for projects to
 * tell, which keeps those of what was handed in. Why somebody had a conflict goes.
 */
export const privacy: Privacy = {
  async collect({ db }, userId) {
    const written = await db
      .select({ round: rounds.name, project: judgedProjects.title, sheet: sheets })
      .from(sheets)
      .innerJoin(judgedProjects, eq(judgedProjects.id, sheets.judgedProjectId))
      .innerJoin(rounds, eq(rounds.id, sheets.roundId))
      .where(eq(sheets.judgeId, userId))
      .orderBy(asc(sheets.id))
    const given = await db
      .select({ round: rounds.name, assignedAt: assignments.assignedAt })
      .from(assignments)
      .innerJoin(rounds, eq(rounds.id, assignments.roundId))
      .where(eq(assignments.judgeId, userId))
      .orderBy(asc(assignments.id))
    const compared = await db
      .select({ round: rounds.name, castAt: votes.at })
      .from(votes)
      .innerJoin(rounds, eq(rounds.id, votes.roundId))
      .where(eq(votes.judgeId, userId))
      .orderBy(asc(votes.id))
    const declared = await db
      .select({ reason: conflicts.reason, declaredAt: conflicts.declaredAt })
      .from(conflicts)
      .where(eq(conflicts.judgeId, userId))
      .orderBy(asc(conflicts.id))
    const voted = await db
      .select({ project: projectFacts.title, castAt: ballots.castAt })
      .from(ballots)
      .innerJoin(ballotChoices, eq(ballotChoices.ballotId, ballots.id))
      .leftJoin(projectFacts, eq(projectFacts.id, ballotChoices.projectId))
      .where(eq(ballots.voterId, userId))
      .orderBy(asc(ballots.id), asc(ballotChoices.projectId))
    return {
      scoreSheets: written.map(({ round, project, sheet }) => ({
        round,
        project,
        status: sheet.status,
        comment: sheet.comment,
        createdAt: sheet.createdAt,
      })),
      assignments: given,
      pairwiseVotes: compared,
      conflictsOfInterest: declared,
      publicVotes: voted,
    }
  },

  async erase(_ctx, tx, userId) {
    await tx.update(conflicts).set({ reason: '–' }).where(eq(conflicts.judgeId, userId))
    const begun = tx
      .select({ id: sheets.id })
      .from(sheets)
      .where(
        and(eq(sheets.judgedProjectId, assignments.judgedProjectId), eq(sheets.judgeId, assignments.judgeId)),
      )
    const unfinished = tx
      .select({ id: rounds.id })
      .from(rounds)
      .where(inArray(rounds.status, ['DRAFT', 'OPEN']))
    const freed = await tx
      .delete(assignments)
      .where(and(eq(assignments.judgeId, userId), inArray(assignments.roundId, unfinished), notExists(begun)))
      .returning({ roundId: assignments.roundId })
    for (const roundId of new Set(freed.map((row) => row.roundId))) await countJudges(tx, roundId)
    await tx.delete(judgePairs).where(eq(judgePairs.judgeId, userId))
    // Events tells the same; until then, and whatever comes late, the person has none.
    await tx.update(eventRoles).set({ roles: [] }).where(eq(eventRoles.userId, userId))
  },
}
