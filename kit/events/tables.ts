import { sql } from 'drizzle-orm'
import { bigserial, index, integer, jsonb, type PgSchema, primaryKey, text, uuid } from 'drizzle-orm/pg-core'
import { instant } from '../columns.ts'

/**
 * The tables every domain keeps in its own schema so that its work is atomic and repeatable:
 * `outbox` (what it tells others), `inbox` (what it has heard), `idempotency` (what it has answered).
 */
export const backboneTables = (schema: PgSchema) => ({
  outbox: schema.table(
    'outbox',
    {
      seq: bigserial({ mode: 'number' }).primaryKey(),
      id: uuid().notNull().unique('outbox_id_unique'),
      name: text().notNull(),
      version: integer().notNull(),
      aggregate: text().notNull(),
      actor: text(),
      occurredAt: instant().notNull(),
      payload: jsonb().notNull(),
      sentAt: instant(),
    },
    (t) => [index('outbox_unsent').on(t.seq).where(sql`${t.sentAt} is null`)],
  ),
  inbox: schema.table(
    'inbox',
    { consumer: text().notNull(), eventId: uuid().notNull(), handledAt: instant().notNull() },
    (t) => [
      primaryKey({ name: 'inbox_once', columns: [t.consumer, t.eventId] }),
      // Rows come in the order of time, so a few bytes per block are enough to find the old ones.
      index('inbox_by_age').using('brin', t.handledAt),
    ],
  ),
  idempotency: schema.table(
    'idempotency',
    {
      actor: text().notNull(),
      operation: text().notNull(),
      key: text().notNull(),
      inputHash: text().notNull(),
      answer: jsonb(),
      createdAt: instant().notNull(),
    },
    (t) => [
      primaryKey({ name: 'idempotency_once', columns: [t.actor, t.operation, t.key] }),
      index('idempotency_by_age').on(t.createdAt),
    ],
  ),
})

export type BackboneTables = ReturnType<typeof backboneTables>
