import type { OrderKey } from '@guildhall/kit/paging'
import {
  assignments,
  type ConflictOfInterestRow,
  conflicts,
  type JudgeAssignmentRow,
  type JudgedProjectRow,
  type JudgingResultRow,
  judgedProjects,
  results,
  type ScoreSheetRow,
  sheets,
} from './tables.ts'

/** An event has so many rounds at most. */
export const roundsMax = 50
/** A rubric has so many criteria at most. */
export const criteriaMax = 20

/** By number, which tells nothing. */
export const judgedOrder: OrderKey<JudgedProjectRow>[] = [
  { column: judgedProjects.number, direction: 'ASC', value: (row) => row.number },
  { column: judgedProjects.id, direction: 'ASC', value: (row) => row.id },
]

export const assignmentOrder: OrderKey<JudgeAssignmentRow>[] = [
  { column: assignments.assignedAt, direction: 'ASC', value: (row) => row.assignedAt },
  { column: assignments.id, direction: 'ASC', value: (row) => row.id },
]

export const conflictOrder: OrderKey<ConflictOfInterestRow>[] = [
  { column: conflicts.declaredAt, direction: 'ASC', value: (row) => row.declaredAt },
  { column: conflicts.id, direction: 'ASC', value: (row) => row.id },
]

export const sheetOrder: OrderKey<ScoreSheetRow>[] = [
  { column: sheets.createdAt, direction: 'ASC', value: (row) => row.createdAt },
  { column: sheets.id, direction: 'ASC', value: (row) => row.id },
]

export const resultOrder: OrderKey<JudgingResultRow>[] = [
  { column: results.rank, direction: 'ASC', value: (row) => row.rank },
  { column: results.id, direction: 'ASC', value: (row) => row.id },
]
