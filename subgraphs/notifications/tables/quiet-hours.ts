import { identified, instant } from '@guildhall/kit/columns'
import { boolean, jsonb, text } from 'drizzle-orm/pg-core'
import type { QuietWindow } from '../domain/quiet-hours.ts'
import { notificationsSchema } from './schema.ts'

/** When people are not to be disturbed outside of the app. Who has no row may be at any time. */
export const quietHours = notificationsSchema.table('quiet_hours', {
  ...identified('usr'),
  timezone: text().notNull(),
  windows: jsonb().$type<QuietWindow[]>().notNull(),
  isCriticalAllowed: boolean().notNull(),
  updatedAt: instant().notNull(),
})

export type QuietHoursRow = typeof quietHours.$inferSelect
