import type { Transaction } from '@guildhall/kit/context'
import { and, eq, inArray, isNull, type SQL } from 'drizzle-orm'
import type { PgColumn } from 'drizzle-orm/pg-core'
import { isDeclared, isOnTeam } from '../conflicts.ts'
import { judgedProjects, type ScoreSheetRow, sheets, votes } from '../tables.ts'

/** Marks what judges said of projects that they must not judge: it is kept, and left out of the results. */
export async function excludeConflicts(tx: Transaction, roundId: string): Promise<void> {
  await exclude(tx, roundId, 'OWN_TEAM', isOnTeam)
  await exclude(tx, roundId, 'CONFLICT', isDeclared)
}

async function exclude(
  tx: Transaction,
  roundId: string,
  exclusion: NonNullable<ScoreSheetRow['exclusion']>,
  isSo: (projectId: PgColumn, judgeId: PgColumn) => SQL,
): Promise<void> {
  const barred = (judgedProjectId: PgColumn, judgeId: PgColumn) =>
    inArray(
      judgedProjectId,
      tx
        .select({ id: judgedProjects.id })
        .from(judgedProjects)
        .where(and(eq(judgedProjects.roundId, roundId), isSo(judgedProjects.projectId, judgeId))),
    )
  await tx
    .update(sheets)
    .set({ exclusion })
    .where(
      and(
        eq(sheets.roundId, roundId),
        isNull(sheets.exclusion),
        barred(sheets.judgedProjectId, sheets.judgeId),
      ),
    )
  for (const side of [votes.winnerId, votes.loserId]) {
    await tx
      .update(votes)
      .set({ exclusion })
      .where(and(eq(votes.roundId, roundId), isNull(votes.exclusion), barred(side, votes.judgeId)))
  }
}
