import { instant, typeId } from '@guildhall/kit/columns'
import { index, primaryKey, text } from 'drizzle-orm/pg-core'
import { notificationsSchema } from './schema.ts'

/** What people were told and are not told again before its window is over; unique, so that of rivals one tells. */
export const repeats = notificationsSchema.table(
  'repeat',
  {
    recipientId: typeId('usr').notNull(),
    key: text().notNull(),
    until: instant().notNull(),
  },
  (t) => [
    primaryKey({ name: 'repeat_once', columns: [t.recipientId, t.key] }),
    index('repeat_by_end').on(t.until),
  ],
)
