import type { Transaction } from '@guildhall/kit/context'
import { and, asc, eq, inArray, isNull } from 'drizzle-orm'
import { results, teamMembers } from '../tables.ts'
import type { NewAward } from './awards.ts'

/** What other domains are told of published results. */
export async function publishedFacts(tx: Transaction, roundId: string, winners: readonly NewAward[]) {
  const judged = await tx
    .select({ projectId: results.projectId, isFinalist: results.isFinalist })
    .from(results)
    .where(and(eq(results.roundId, roundId), isNull(results.trackId)))
    .orderBy(asc(results.rank))
  const projectIds = judged.map(({ projectId }) => projectId)
  const members =
    projectIds.length === 0
      ? []
      : await tx
          .selectDistinct({ userId: teamMembers.userId })
          .from(teamMembers)
          .where(inArray(teamMembers.projectId, projectIds))
          .orderBy(asc(teamMembers.userId))
  return {
    winners: [...winners].sort((a, b) => a.place - b.place),
    finalists: judged.filter(({ isFinalist }) => isFinalist).map(({ projectId }) => projectId),
    projectIds,
    memberIds: members.map(({ userId }) => userId),
  }
}
