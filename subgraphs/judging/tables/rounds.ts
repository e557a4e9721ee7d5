import { identified, instant, timestamps, typeId, versioned } from '@guildhall/kit/columns'
import type { Connection } from '@guildhall/kit/paging'
import { sql } from 'drizzle-orm'
import { boolean, check, doublePrecision, index, integer, text, unique } from 'drizzle-orm/pg-core'
import { judgingSchema } from './schema.ts'

export const roundMode = judgingSchema.enum('round_mode', ['RUBRIC', 'PAIRWISE'])
export const roundStatus = judgingSchema.enum('round_status', ['DRAFT', 'OPEN', 'CLOSED', 'PUBLISHED'])
export const rankedBy = judgingSchema.enum('ranked_by', ['NORMALIZED', 'RAW'])
export const tieRule = judgingSchema.enum('tie_rule', ['BREAK', 'SHARE'])

export const rounds = judgingSchema.table(
  'judging_round',
  {
    ...identified('rnd'),
    eventId: typeId('evt').notNull(),
    organizationId: typeId('org').notNull(),
    createdById: typeId('usr').notNull(),
    name: text().notNull(),
    mode: roundMode().notNull(),
    status: roundStatus().notNull().default('DRAFT'),
    /** Null: every project of the event. */
    trackId: typeId('trk'),
    /** The round whose finalists are judged; null: what was handed in. */
    previousRoundId: typeId('rnd'),
    opensAt: instant(),
    closesAt: instant(),
    isBlind: boolean().notNull(),
    minReviewsPerProject: integer().notNull(),
    maxProjectsPerJudge: integer(),
    /** How many finalists go on; null: nobody does. */
    advancesCount: integer(),
    rankedBy: rankedBy().notNull(),
    tieRule: tieRule().notNull(),
    isFeedbackShared: boolean().notNull(),
    /** Of the order in which projects are numbered and judges are drawn. */
    seed: integer().notNull(),
    openedAt: instant(),
    closedAt: instant(),
    publishedAt: instant(),
    ...versioned,
    ...timestamps,
  },
  (t) => [
    check('judging_round_period_positive', sql`${t.closesAt} > ${t.opensAt}`),
    check(
      'judging_round_counts_positive',
      sql`${t.minReviewsPerProject} >= 1 and ${t.maxProjectsPerJudge} >= 1 and ${t.advancesCount} >= 1`,
    ),
    index('judging_round_by_event').on(t.eventId, t.createdAt, t.id),
  ],
)

/** Append-only: who moved a round where, when and why. */
export const roundTransitions = judgingSchema.table(
  'judging_round_transition',
  {
    ...identified('rndtr'),
    roundId: typeId('rnd')
      .notNull()
      .references(() => rounds.id, { onDelete: 'cascade' }),
    from: roundStatus().notNull(),
    to: roundStatus().notNull(),
    reason: text(),
    actorId: typeId('usr').notNull(),
    at: instant().notNull(),
  },
  (t) => [index('judging_round_transition_by_round').on(t.roundId, t.at, t.id)],
)

export const criteria = judgingSchema.table(
  'judging_criterion',
  {
    ...identified('crt'),
    roundId: typeId('rnd')
      .notNull()
      .references(() => rounds.id, { onDelete: 'cascade' }),
    name: text().notNull(),
    description: text(),
    weight: doublePrecision().notNull(),
    minScore: doublePrecision().notNull(),
    maxScore: doublePrecision().notNull(),
    step: doublePrecision().notNull(),
    isRequired: boolean().notNull(),
    /** Asked and shown, but not part of the total. */
    isIndependent: boolean().notNull(),
    createdAt: instant().notNull(),
  },
  (t) => [
    check('judging_criterion_scale', sql`${t.maxScore} > ${t.minScore} and ${t.step} > 0`),
    check('judging_criterion_weight_positive', sql`${t.weight} > 0`),
    index('judging_criterion_by_round').on(t.roundId, t.createdAt, t.id),
  ],
)

/** A project as a candidate of a round: what judges see of it, under a number that tells nothing. */
export const judgedProjects = judgingSchema.table(
  'judged_project',
  {
    ...identified('jpr'),
    roundId: typeId('rnd')
      .notNull()
      .references(() => rounds.id, { onDelete: 'cascade' }),
    projectId: typeId('prj').notNull(),
    number: integer().notNull(),
    title: text().notNull(),
    summary: text(),
    demoUrl: text(),
    trackIds: text().array().notNull(),
    /** Withdrawn or disqualified: nobody need judge it any more, and it has no place. */
    isOut: boolean().notNull().default(false),
    /** How many judges have it: moved with each assignment. */
    judgeCount: integer().notNull().default(0),
    /** How many final sheets, or comparisons, it has. */
    reviewCount: integer().notNull().default(0),
  },
  (t) => [
    unique('judged_project_once').on(t.roundId, t.projectId),
    unique('judged_project_number').on(t.roundId, t.number),
    index('judged_project_by_project').on(t.projectId),
    check('judged_project_counts', sql`${t.judgeCount} >= 0 and ${t.reviewCount} >= 0`),
  ],
)

export const assignmentOrigin = judgingSchema.enum('assignment_origin', ['PLANNED', 'MANUAL', 'TAKEN'])

export const assignments = judgingSchema.table(
  'judge_assignment',
  {
    ...identified('jas'),
    roundId: typeId('rnd')
      .notNull()
      .references(() => rounds.id, { onDelete: 'cascade' }),
    judgedProjectId: typeId('jpr')
      .notNull()
      .references(() => judgedProjects.id, { onDelete: 'cascade' }),
    judgeId: typeId('usr').notNull(),
    origin: assignmentOrigin().notNull(),
    assignedAt: instant().notNull(),
  },
  (t) => [
    unique('judge_assignment_once').on(t.judgedProjectId, t.judgeId),
    index('judge_assignment_by_round').on(t.roundId, t.assignedAt, t.id),
    index('judge_assignment_by_judge').on(t.judgeId, t.roundId),
  ],
)

export const conflicts = judgingSchema.table(
  'conflict_of_interest',
  {
    ...identified('coi'),
    eventId: typeId('evt').notNull(),
    organizationId: typeId('org').notNull(),
    projectId: typeId('prj').notNull(),
    judgeId: typeId('usr').notNull(),
    declaredById: typeId('usr').notNull(),
    reason: text().notNull(),
    declaredAt: instant().notNull(),
  },
  (t) => [
    unique('conflict_of_interest_once').on(t.projectId, t.judgeId),
    index('conflict_of_interest_by_event').on(t.eventId, t.declaredAt, t.id),
    index('conflict_of_interest_by_judge').on(t.judgeId),
  ],
)

export type JudgingRoundRow = typeof rounds.$inferSelect
export type JudgingRoundTransitionRow = typeof roundTransitions.$inferSelect
export type JudgingCriterionRow = typeof criteria.$inferSelect
export type JudgedProjectRow = typeof judgedProjects.$inferSelect
export type JudgedProjectConnectionRow = Connection<JudgedProjectRow>
export type JudgeAssignmentRow = typeof assignments.$inferSelect
export type JudgeAssignmentConnectionRow = Connection<JudgeAssignmentRow>
export type ConflictOfInterestRow = typeof conflicts.$inferSelect
export type ConflictOfInterestConnectionRow = Connection<ConflictOfInterestRow>

/** How far one judge is; worked out, never kept. */
export interface JudgeProgressRow {
  judgeId: string
  assignedCount: number
  doneCount: number
}

/** How far a round is; worked out, never kept. */
export interface JudgingProgressRow {
  status: JudgingRoundRow['status']
  projectCount: number
  completeProjectCount: number
  reviewCount: number
  neededReviewCount: number
  draftCount: number
  judgeCount: number
  activeJudgeCount: number
  judges: JudgeProgressRow[]
}
