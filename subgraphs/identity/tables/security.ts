import { identified, instant, typeId } from '@guildhall/kit/columns'
import type { Connection } from '@guildhall/kit/paging'
import { index, integer, jsonb, text } from 'drizzle-orm/pg-core'
import { users } from './accounts.ts'
import { identitySchema } from './schema.ts'

/** What happened to an account that its owner or an administrator may want to know. Append-only. */
export const securityEvents = identitySchema.table(
  'security_event',
  {
    ...identified('sev'),
    userId: typeId('usr')
      .notNull()
      .references(() => users.id),
    /** See `domain/security-event.ts`. */
    kind: text().notNull(),
    /** Who did it, as logs of record write it; null: somebody who was not logged in. */
    actor: text(),
    sessionId: text(),
    address: text(),
    userAgent: text(),
    details: jsonb().$type<Record<string, string | number | boolean>>().notNull().default({}),
    at: instant().notNull(),
  },
  (t) => [index('security_event_by_user').on(t.userId, t.at, t.id), index('security_event_by_age').on(t.at)],
)

/** Failures counted against guessing (`accounts/throttle.ts`), and calls against floods (`accounts/count-call.ts`). */
export const throttles = identitySchema.table(
  'throttle',
  {
    /** What is guarded: never the address or account itself, but a hash of it. */
    key: text().primaryKey().notNull(),
    /** Or calls. */
    failures: integer().notNull(),
    /** Of calls: when the first of their hour was made. */
    lastFailureAt: instant().notNull(),
    lockedUntil: instant(),
  },
  (t) => [index('throttle_by_age').on(t.lastFailureAt)],
)

export type SecurityEventRow = typeof securityEvents.$inferSelect
export type SecurityEventConnectionRow = Connection<SecurityEventRow>
