import { identified, instant, timestamps, typeId, versioned } from '@guildhall/kit/columns'
import { sql } from 'drizzle-orm'
import { check, index, integer, primaryKey, unique } from 'drizzle-orm/pg-core'
import { judgingSchema } from './schema.ts'

export const electorate = judgingSchema.enum('electorate', ['PARTICIPANTS', 'ANYONE'])

/** How the public votes at an event, with the event's own id. */
export const publicVotes = judgingSchema.table(
  'public_vote',
  {
    ...identified('evt'),
    organizationId: typeId('org').notNull(),
    electorate: electorate().notNull(),
    choiceLimit: integer().notNull(),
    opensAt: instant().notNull(),
    closesAt: instant().notNull(),
    ...versioned,
    ...timestamps,
  },
  (t) => [
    check('public_vote_period_positive', sql`${t.closesAt} > ${t.opensAt}`),
    check('public_vote_choices', sql`${t.choiceLimit} between 1 and 10`),
  ],
)

export const ballots = judgingSchema.table(
  'public_ballot',
  {
    ...identified('pbl'),
    eventId: typeId('evt')
      .notNull()
      .references(() => publicVotes.id),
    voterId: typeId('usr').notNull(),
    castAt: instant().notNull(),
    ...versioned,
  },
  (t) => [
    unique('public_ballot_once').on(t.eventId, t.voterId),
    index('public_ballot_by_voter').on(t.voterId),
  ],
)

export const ballotChoices = judgingSchema.table(
  'public_ballot_choice',
  {
    ballotId: typeId('pbl')
      .notNull()
      .references(() => ballots.id, { onDelete: 'cascade' }),
    eventId: typeId('evt').notNull(),
    projectId: typeId('prj').notNull(),
  },
  (t) => [
    primaryKey({ name: 'public_ballot_choice_once', columns: [t.ballotId, t.projectId] }),
    index('public_ballot_choice_by_event').on(t.eventId, t.projectId),
  ],
)

export type PublicVoteRow = typeof publicVotes.$inferSelect
export type PublicBallotRow = typeof ballots.$inferSelect

/** How many votes a project has; counted, never kept. */
export interface PublicVoteCountRow {
  projectId: string
  voteCount: number
}
