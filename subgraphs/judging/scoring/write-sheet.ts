import type { Context, Transaction } from '@guildhall/kit/context'
import { done, failed, type Outcome } from '@guildhall/kit/outcome'
import { and, eq } from 'drizzle-orm'
import contract from '../contract.ts'
import type { GivenScore } from '../domain/sheet.ts'
import { versionConflict } from '../failures.ts'
import { type ScoreSheetRow, scores, sheets } from '../tables.ts'

interface GivenSheet {
  roundId: string
  judgedProjectId: string
  judgeId: string
  scores: readonly GivenScore[]
  comment: string | null
  isFinal: boolean
  /** 0: there must be none yet; null: whatever there is. */
  expectedVersion: number | null
}

interface Written {
  row: ScoreSheetRow
  hasBecomeFinal: boolean
}

/** Writes the one sheet of a judge on a project, whether it is the first or the tenth time. */
export async function writeSheet(
  ctx: Context,
  tx: Transaction,
  given: GivenSheet,
): Promise<Outcome<Written>> {
  const now = ctx.now()
  const { roundId, judgedProjectId, judgeId, comment, isFinal, expectedVersion } = given
  const said = { comment, status: isFinal ? ('FINAL' as const) : ('DRAFT' as const), updatedAt: now }
  const [begun] = await tx
    .insert(sheets)
    .values({
      ...said,
      id: ctx.newId('scs'),
      roundId,
      judgedProjectId,
      judgeId,
      finalAt: isFinal ? now : null,
      createdAt: now,
    })
    .onConflictDoNothing()
    .returning()
  if (begun) {
    if (expectedVersion) return failed(versionConflict())
    await writeScores(tx, begun.id, given.scores)
    return done({ row: begun, hasBecomeFinal: isFinal })
  }
  const [before] = await tx
    .select()
    .from(sheets)
    .where(and(eq(sheets.judgedProjectId, judgedProjectId), eq(sheets.judgeId, judgeId)))
    .for('update')
  if (!before) throw new Error('the sheet is gone')
  if (expectedVersion !== null && expectedVersion !== before.version) return failed(versionConflict())
  if (before.status === 'FINAL' && !isFinal) {
    return failed(contract.failure('SHEET_FINAL', 'The sheet was handed in.', ['input', 'isFinal']))
  }
  const [row] = await tx
    .update(sheets)
    .set({ ...said, version: before.version + 1, finalAt: before.finalAt ?? (isFinal ? now : null) })
    .where(eq(sheets.id, before.id))
    .returning()
  if (!row) throw new Error('update returned nothing')
  await tx.delete(scores).where(eq(scores.sheetId, row.id))
  await writeScores(tx, row.id, given.scores)
  return done({ row, hasBecomeFinal: isFinal && before.status === 'DRAFT' && before.exclusion === null })
}

async function writeScores(tx: Transaction, sheetId: string, given: readonly GivenScore[]): Promise<void> {
  const rows = given.map(({ criterionId, value }) => ({ sheetId, criterionId, value }))
  if (rows.length > 0) await tx.insert(scores).values(rows)
}
