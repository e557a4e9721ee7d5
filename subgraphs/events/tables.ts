import { backboneTables } from '@guildhall/kit/events/tables'
import { eventsSchema } from './tables/schema.ts'

export * from './tables/events.ts'
export * from './tables/memberships.ts'
export * from './tables/reminders.ts'
export * from './tables/schema.ts'
export * from './tables/series.ts'
export * from './tables/tracks.ts'

export const backbone = backboneTables(eventsSchema)
export const { outbox, inbox, idempotency } = backbone
