import { identified, instant, typeId } from '@guildhall/kit/columns'
import type { Connection } from '@guildhall/kit/paging'
import { sql } from 'drizzle-orm'
import { index, text, unique } from 'drizzle-orm/pg-core'
import { notificationsSchema } from './schema.ts'

export const watchLevel = notificationsSchema.enum('watch_level', ['WATCHED', 'MUTED'])

/** Of which things people want to hear more than concerns them, or nothing. */
export const watches = notificationsSchema.table(
  'watch',
  {
    ...identified('wch'),
    userId: typeId('usr').notNull(),
    /** Id of any kind; its prefix names the type. */
    subjectId: text().notNull(),
    level: watchLevel().notNull(),
    createdAt: instant().notNull(),
  },
  (t) => [
    unique('watch_once').on(t.userId, t.subjectId),
    // What people list.
    index('watch_by_user').on(t.userId, t.createdAt, t.id),
    index('watch_by_subject').on(t.subjectId, t.userId).where(sql`${t.level} = 'WATCHED'`),
  ],
)

export type WatchRow = typeof watches.$inferSelect
export type WatchConnectionRow = Connection<WatchRow>
