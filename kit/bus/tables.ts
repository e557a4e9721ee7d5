import { sql } from 'drizzle-orm'
import {
  bigint,
  bigserial,
  index,
  integer,
  jsonb,
  pgSchema,
  primaryKey,
  text,
  unique,
  uuid,
} from 'drizzle-orm/pg-core'
import { instant } from '../columns.ts'

/** The Postgres transport's own schema: what waits for which consumer. */
export const busSchema = pgSchema('bus')

/** Which consumer wants which events; each process writes its own when it starts. */
export const subscription = busSchema.table(
  'subscription',
  { consumer: text().notNull(), eventName: text().notNull() },
  (t) => [primaryKey({ name: 'subscription_once', columns: [t.consumer, t.eventName] })],
)

/** One row per event and consumer until it is handled; a dead one stays for an operator. */
export const delivery = busSchema.table(
  'delivery',
  {
    seq: bigserial({ mode: 'number' }).primaryKey(),
    consumer: text().notNull(),
    eventId: uuid().notNull(),
    aggregate: text().notNull(),
    envelope: jsonb().notNull(),
    availableAt: instant().notNull().default(sql`now()`),
    attempts: integer().notNull().default(0),
    lastError: text(),
    deadAt: instant(),
  },
  (t) => [
    unique('delivery_once').on(t.consumer, t.eventId),
    index('delivery_waiting').on(t.consumer, t.seq).where(sql`${t.deadAt} is null`),
    index('delivery_order').on(t.consumer, t.aggregate, t.seq).where(sql`${t.deadAt} is null`),
  ],
)

/**
 * How far a consumer has read the stream of a broker. Moved in the transaction that puts the events into its mailbox,
 * so that none is lost or comes twice, whatever the broker remembers. One process reads at a time: whoever has the lease.
 */
export const position = busSchema.table('position', {
  consumer: text().primaryKey(),
  /** When the stream was made: numbers begin anew with a new one. */
  stream: text().notNull().default(''),
  /** Number of the last event in the mailbox. */
  seq: bigint({ mode: 'number' }).notNull().default(0),
  holder: uuid(),
  leasedUntil: instant(),
})
