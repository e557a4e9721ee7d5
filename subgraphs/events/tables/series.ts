import { identified, timestamps, typeId, versioned } from '@guildhall/kit/columns'
import type { Connection } from '@guildhall/kit/paging'
import { index, text, unique } from 'drizzle-orm/pg-core'
import { eventsSchema } from './schema.ts'

/** Events of an organization that belong together, such as those of every year. */
export const eventSeries = eventsSchema.table(
  'event_series',
  {
    ...identified('ser'),
    organizationId: typeId('org').notNull(),
    title: text().notNull(),
    ...versioned,
    ...timestamps,
  },
  (t) => [
    // What an event points to, so that both are of one organization.
    unique('event_series_of_organization').on(t.organizationId, t.id),
    index('event_series_by_title').on(t.organizationId, t.title, t.id),
  ],
)

export type EventSeriesRow = typeof eventSeries.$inferSelect
export type EventSeriesConnectionRow = Connection<EventSeriesRow>
