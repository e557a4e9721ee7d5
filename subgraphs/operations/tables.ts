import { identified, instant, typeId } from '@guildhall/kit/columns'
import { backboneTables } from '@guildhall/kit/events/tables'
import type { DeadLetterKey } from '@guildhall/kit/operating/dead-letters'
import type { DeadFilter } from '@guildhall/kit/operating/questions'
import type { Connection } from '@guildhall/kit/paging'
import { sql } from 'drizzle-orm'
import { bigint, check, index, integer, jsonb, pgSchema, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core'

export const operationsSchema = pgSchema('operations')
export const backbone = backboneTables(operationsSchema)
export const { outbox, inbox, idempotency } = backbone

export const actKind = operationsSchema.enum('operator_act_kind', ['REDRIVE', 'DISCARD', 'REPLAY'])
export const replayStatus = operationsSchema.enum('event_replay_status', ['RUNNING', 'DONE', 'FAILED'])

/** Progress of handing a range of a publisher's log to a consumer again; what is put there has no row here. */
export const eventReplays = operationsSchema.table(
  'event_replay',
  {
    ...identified('rpl'),
    publisher: text().notNull(),
    consumer: text().notNull(),
    eventNames: text().array().notNull(),
    fromSeq: bigint({ mode: 'number' }).notNull(),
    /** Null: to the end of the log. */
    toSeq: bigint({ mode: 'number' }),
    /** Number in the log up to which everything is in the mailbox. */
    position: bigint({ mode: 'number' }).notNull(),
    depositedCount: integer().notNull().default(0),
    status: replayStatus().notNull(),
    lastError: text(),
    /** When it last went on. */
    movedAt: instant().notNull(),
    requestedById: typeId('usr').notNull(),
    reason: text().notNull(),
    createdAt: instant().notNull(),
    finishedAt: instant(),
    /** Who moves it on, and until when they need not be waited for; by the clock of the database. */
    holder: uuid(),
    leasedUntil: instant(),
  },
  (t) => [
    uniqueIndex('event_replay_one_running').on(t.publisher, t.consumer).where(sql`${t.status} = 'RUNNING'`),
    check('event_replay_has_end', sql`(${t.status} = 'RUNNING') = (${t.finishedAt} is null)`),
  ],
)

/** Append-only: who did what, when and why. Written before it is done, completed afterwards. */
export const operatorActs = operationsSchema.table(
  'operator_act',
  {
    ...identified('opa'),
    kind: actKind().notNull(),
    actorId: typeId('usr').notNull(),
    reason: text().notNull(),
    consumer: text(),
    filter: jsonb().$type<DeadFilter>().notNull(),
    /** For each domain. */
    limit: integer().notNull(),
    letterIds: text().array().notNull().default([]),
    unavailableDomains: text().array().notNull().default([]),
    replayId: typeId('rpl').references(() => eventReplays.id),
    createdAt: instant().notNull(),
    finishedAt: instant(),
    /** Whoever began it is waited for that long before somebody else ends it. */
    leasedUntil: instant(),
  },
  (t) => [
    check('operator_act_of_replay', sql`(${t.kind} = 'REPLAY') = (${t.replayId} is not null)`),
    index('operator_act_latest').on(t.createdAt, t.id),
    index('operator_act_unfinished').on(t.createdAt).where(sql`${t.finishedAt} is null`),
  ],
)

export type EventReplayRow = typeof eventReplays.$inferSelect
export type OperatorActRow = typeof operatorActs.$inferSelect
export type OperatorActConnectionRow = Connection<OperatorActRow>

/** No row of ours: the domain that has given it up keeps it. */
export interface DeadLetterRow extends DeadLetterKey {
  id: string
  event: {
    id: string
    name: string
    version: number
    aggregate: string
    actor: string | null
    occurredAt: Date
    payload: string | null
  }
  isReplay: boolean
  attempts: number
  lastError: string | null
}
export interface DeadLetterConnectionRow extends Connection<DeadLetterRow> {
  unavailableDomains: string[]
}
