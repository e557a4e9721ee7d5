import { identified, typeId } from '@guildhall/kit/columns'
import { sql } from 'drizzle-orm'
import { boolean, index, integer } from 'drizzle-orm/pg-core'
import { projectsSchema } from './schema.ts'

/** Rounds of judging, as judging tells: while a blind one is open, its event's judges are not told who is in which team. */
export const judgingRounds = projectsSchema.table(
  'judging_round',
  {
    ...identified('rnd'),
    eventId: typeId('evt').notNull(),
    isBlind: boolean().notNull(),
    isOpen: boolean().notNull(),
    version: integer().notNull(),
  },
  (t) => [index('judging_round_blind_by_event').on(t.eventId).where(sql`${t.isBlind} and ${t.isOpen}`)],
)
