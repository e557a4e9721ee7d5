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
    index('delivery_dead').on(t.consumer, t.deadAt, t.eventId).where(sql`${t.deadAt} is not null`),
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

/** What is known of a domain's part of the backbone, whichever of its processes is asked. */
export const activity = busSchema.table('activity', {
  domain: text().primaryKey(),
  /** What carries its events, as the process that started last was told. */
  transport: text().notNull(),
  /** When it last handled an event, some seconds ago at most. */
  heardAt: instant(),
})

/**
 * What domains do by the clock. One process at a time runs a schedule: whoever has the lease. A run that nobody ends is
 * due still, so that whoever comes after the lease takes it over.
 */
export const schedule = busSchema.table(
  'schedule',
  {
    domain: text().notNull(),
    name: text().notNull(),
    everySeconds: integer().notNull(),
    nextDueAt: instant().notNull(),
    holder: uuid(),
    leasedUntil: instant(),
    /** Of the last run, or of the one that is under way. */
    startedAt: instant(),
    /** Of the last run that came to its end. */
    endedAt: instant(),
    lastMs: integer(),
    /** Null when the last run was good. */
    lastError: text(),
    lastGoodAt: instant(),
  },
  (t) => [primaryKey({ name: 'schedule_once', columns: [t.domain, t.name] })],
)
