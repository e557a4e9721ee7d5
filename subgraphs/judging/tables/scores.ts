import { identified, instant, timestamps, typeId, versioned } from '@guildhall/kit/columns'
import type { Connection } from '@guildhall/kit/paging'
import { sql } from 'drizzle-orm'
import { boolean, check, doublePrecision, index, primaryKey, text, unique } from 'drizzle-orm/pg-core'
import { criteria, judgedProjects, rounds } from './rounds.ts'
import { judgingSchema } from './schema.ts'

export const sheetStatus = judgingSchema.enum('sheet_status', ['DRAFT', 'FINAL'])
/** Why a sheet or a vote does not count. */
export const exclusion = judgingSchema.enum('exclusion', ['CONFLICT', 'OWN_TEAM'])

export const sheets = judgingSchema.table(
  'score_sheet',
  {
    ...identified('scs'),
    roundId: typeId('rnd')
      .notNull()
      .references(() => rounds.id, { onDelete: 'cascade' }),
    judgedProjectId: typeId('jpr')
      .notNull()
      .references(() => judgedProjects.id, { onDelete: 'cascade' }),
    judgeId: typeId('usr').notNull(),
    status: sheetStatus().notNull(),
    comment: text(),
    exclusion: exclusion(),
    finalAt: instant(),
    ...versioned,
    ...timestamps,
  },
  (t) => [
    unique('score_sheet_once').on(t.judgedProjectId, t.judgeId),
    check('score_sheet_final_whole', sql`(${t.status} = 'FINAL') = (${t.finalAt} is not null)`),
    index('score_sheet_by_round').on(t.roundId, t.judgeId),
    index('score_sheet_by_judge').on(t.judgeId, t.createdAt),
  ],
)

export const scores = judgingSchema.table(
  'score',
  {
    sheetId: typeId('scs')
      .notNull()
      .references(() => sheets.id, { onDelete: 'cascade' }),
    criterionId: typeId('crt')
      .notNull()
      .references(() => criteria.id, { onDelete: 'cascade' }),
    value: doublePrecision().notNull(),
  },
  (t) => [primaryKey({ name: 'score_once', columns: [t.sheetId, t.criterionId] })],
)

/** The pair that a judge looks at, as the house gave it: a vote counts for this pair alone. */
export const judgePairs = judgingSchema.table(
  'judge_pair',
  {
    roundId: typeId('rnd')
      .notNull()
      .references(() => rounds.id, { onDelete: 'cascade' }),
    judgeId: typeId('usr').notNull(),
    /** Null: so far the judge has seen one project only. */
    previousId: typeId('jpr').references(() => judgedProjects.id, { onDelete: 'cascade' }),
    /** Null: there is nothing left to compare with. */
    nextId: typeId('jpr').references(() => judgedProjects.id, { onDelete: 'cascade' }),
    givenAt: instant().notNull(),
  },
  (t) => [primaryKey({ name: 'judge_pair_once', columns: [t.roundId, t.judgeId] })],
)

/** What a judge was shown and is not shown again. */
export const pairwiseViews = judgingSchema.table(
  'pairwise_view',
  {
    judgedProjectId: typeId('jpr')
      .notNull()
      .references(() => judgedProjects.id, { onDelete: 'cascade' }),
    judgeId: typeId('usr').notNull(),
    isSkipped: boolean().notNull(),
    at: instant().notNull(),
  },
  (t) => [primaryKey({ name: 'pairwise_view_once', columns: [t.judgedProjectId, t.judgeId] })],
)

export const votes = judgingSchema.table(
  'pairwise_vote',
  {
    ...identified('pwv'),
    roundId: typeId('rnd')
      .notNull()
      .references(() => rounds.id, { onDelete: 'cascade' }),
    judgeId: typeId('usr').notNull(),
    winnerId: typeId('jpr')
      .notNull()
      .references(() => judgedProjects.id, { onDelete: 'cascade' }),
    loserId: typeId('jpr')
      .notNull()
      .references(() => judgedProjects.id, { onDelete: 'cascade' }),
    exclusion: exclusion(),
    at: instant().notNull(),
  },
  (t) => [
    check('pairwise_vote_of_two', sql`${t.winnerId} <> ${t.loserId}`),
    index('pairwise_vote_by_round').on(t.roundId, t.at, t.id),
    index('pairwise_vote_by_judge').on(t.judgeId, t.at),
  ],
)

export type ScoreSheetRow = typeof sheets.$inferSelect
export type ScoreSheetConnectionRow = Connection<ScoreSheetRow>
export type CriterionScoreRow = typeof scores.$inferSelect
export type JudgingPairRow = typeof judgePairs.$inferSelect
export type PairwiseVoteRow = typeof votes.$inferSelect
