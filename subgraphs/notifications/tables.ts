import { backboneTables } from '@guildhall/kit/events/tables'
import { notificationsSchema } from './tables/schema.ts'

export * from './tables/announcements.ts'
export * from './tables/deliveries.ts'
export * from './tables/devices.ts'
export * from './tables/digests.ts'
export * from './tables/inbox.ts'
export * from './tables/members.ts'
export * from './tables/preferences.ts'
export * from './tables/quiet-hours.ts'
export * from './tables/repeats.ts'
export * from './tables/schema.ts'
export * from './tables/watches.ts'

export const backbone = backboneTables(notificationsSchema)
export const { outbox, inbox, idempotency } = backbone
