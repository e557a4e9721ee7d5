import { identified, instant, typeId } from '@guildhall/kit/columns'
import type { Connection } from '@guildhall/kit/paging'
import { boolean, doublePrecision, index, integer, unique } from 'drizzle-orm/pg-core'
import { judgedProjects, rounds } from './rounds.ts'
import { judgingSchema } from './schema.ts'

export const tieBreak = judgingSchema.enum('tie_break', [
  'NONE',
  'NORMALIZED_TOTAL',
  'RAW_TOTAL',
  'TOP_CRITERION',
  'FIRST_PLACES',
  'TIED',
])

/** What came out of a round, frozen when it was closed: once over all, once more for each track of the project. */
export const results = judgingSchema.table(
  'round_result',
  {
    ...identified('rres'),
    roundId: typeId('rnd')
      .notNull()
      .references(() => rounds.id, { onDelete: 'cascade' }),
    judgedProjectId: typeId('jpr')
      .notNull()
      .references(() => judgedProjects.id, { onDelete: 'cascade' }),
    projectId: typeId('prj').notNull(),
    /** Null: over all tracks. */
    trackId: typeId('trk'),
    /** Where it stands in the list; places may be shared, ranks are not. */
    rank: integer().notNull(),
    /** Null: nobody judged it. */
    place: integer(),
    rawScore: doublePrecision(),
    normalizedScore: doublePrecision(),
    /** Sheets, or comparisons, that count. */
    countedCount: integer().notNull(),
    /** Sheets, or comparisons, that were left out for a conflict. */
    excludedCount: integer().notNull(),
    firstPlaceCount: integer().notNull(),
    tieBreak: tieBreak().notNull(),
    isFinalist: boolean().notNull(),
  },
  (t) => [
    unique('round_result_once').on(t.judgedProjectId, t.trackId).nullsNotDistinct(),
    index('round_result_by_round').on(t.roundId, t.trackId, t.rank),
    index('round_result_by_project').on(t.projectId),
  ],
)

/** Who won what, as it was published. */
export const awards = judgingSchema.table(
  'award',
  {
    ...identified('awd'),
    roundId: typeId('rnd')
      .notNull()
      .references(() => rounds.id, { onDelete: 'cascade' }),
    projectId: typeId('prj').notNull(),
    place: integer().notNull(),
    trackId: typeId('trk'),
    /** A prize of the event, as the organizers name it. */
    prizeId: typeId('prz'),
    awardedAt: instant().notNull(),
  },
  (t) => [
    unique('award_once').on(t.roundId, t.projectId, t.trackId, t.prizeId).nullsNotDistinct(),
    index('award_by_project').on(t.projectId),
  ],
)

export type JudgingResultRow = typeof results.$inferSelect
export type JudgingResultConnectionRow = Connection<JudgingResultRow>
export type JudgingAwardRow = typeof awards.$inferSelect
