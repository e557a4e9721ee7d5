import { identified, instant, typeId } from '@guildhall/kit/columns'
import { sql } from 'drizzle-orm'
import { index, primaryKey, text, uniqueIndex } from 'drizzle-orm/pg-core'
import { notifications } from './inbox.ts'
import { notificationChannel } from './preferences.ts'
import { notificationsSchema } from './schema.ts'

export const digestStatus = notificationsSchema.enum('digest_status', ['OPEN', 'CLOSED', 'SENT', 'EMPTY'])

/** What one person is told by one channel of one type, gathered until the window closes; at most one is open. */
export const digests = notificationsSchema.table(
  'digest',
  {
    ...identified('dig'),
    recipientId: typeId('usr').notNull(),
    channel: notificationChannel().notNull(),
    type: text().notNull(),
    /** What its items have in common besides, see `digest.by` of the type. */
    key: text().notNull(),
    status: digestStatus().notNull().default('OPEN'),
    closesAt: instant().notNull(),
    changedAt: instant().notNull(),
  },
  (t) => [
    uniqueIndex('digest_open_once')
      .on(t.recipientId, t.channel, t.type, t.key)
      .where(sql`${t.status} = 'OPEN'`),
    index('digest_due').on(t.closesAt, t.id).where(sql`${t.status} in ('OPEN', 'CLOSED')`),
    index('digest_by_age').on(t.changedAt),
    index('digest_by_recipient').on(t.recipientId),
  ],
)

export const digestItems = notificationsSchema.table(
  'digest_item',
  {
    digestId: typeId('dig')
      .notNull()
      .references(() => digests.id, { onDelete: 'cascade' }),
    notificationId: typeId('ntf')
      .notNull()
      .references(() => notifications.id, { onDelete: 'cascade' }),
  },
  (t) => [
    primaryKey({ name: 'digest_item_once', columns: [t.digestId, t.notificationId] }),
    index('digest_item_by_notification').on(t.notificationId),
  ],
)
