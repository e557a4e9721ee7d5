// The toy domain as tests and the processes that they start know it: nothing here needs a test runner.
import { integer, pgSchema, text, unique } from 'drizzle-orm/pg-core'
import { z } from 'zod'
import type { Caller } from '../../caller.ts'
import type { Clock } from '../../clock.ts'
import { identified, instant, typeId } from '../../columns.ts'
import type { Context, DomainRuntime } from '../../context.ts'
import { defineEvent } from '../../contract.ts'
import { createContext } from '../../create-context.ts'
import type { Database } from '../../database.ts'
import { backboneTables } from '../../events/tables.ts'
import { newId } from '../../ids.ts'
import { createLog } from '../../log.ts'
import { createVault } from '../../vault.ts'

export const toySchema = pgSchema('toy')
export const backbone = backboneTables(toySchema)

export const boxes = toySchema.table(
  'box',
  {
    ...identified('box'),
    label: text().notNull(),
    size: integer().notNull(),
    madeAt: instant().notNull(),
    shelfId: typeId('shf'),
  },
  (t) => [unique('box_label_unique').on(t.label)],
)
export type BoxRow = typeof boxes.$inferSelect

export const boxMade = defineEvent({
  name: 'toy.box.made',
  version: 1,
  description: 'A box was made.',
  payload: z.object({ boxId: z.string(), no: z.number() }),
  aggregate: ({ boxId }) => boxId,
})

export const boxMoved = defineEvent({
  name: 'toy.box.moved',
  version: 1,
  description: 'A box was moved.',
  payload: z.object({ boxId: z.string(), no: z.number() }),
  aggregate: ({ boxId }) => boxId,
})

/** The tables above, and `seen`: what consumers have heard, in the order of their commits. */
export const ddl = `
  create schema toy;
  create table toy.box (
    id uuid primary key, label text not null, size integer not null check (size >= 0),
    made_at timestamptz(3) not null, shelf_id uuid, constraint box_label_unique unique (label));
  create table toy.seen (seq bigserial primary key, consumer text not null, aggregate text not null, no int not null);
  create table toy.outbox (
    seq bigserial primary key, id uuid not null constraint outbox_id_unique unique, name text not null,
    version integer not null, aggregate text not null, actor text, occurred_at timestamptz(3) not null,
    payload jsonb not null, sent_at timestamptz(3));
  create table toy.inbox (
    consumer text not null, event_id uuid not null, handled_at timestamptz(3) not null,
    constraint inbox_once primary key (consumer, event_id));
  create table toy.idempotency (
    actor text not null, operation text not null, key text not null, input_hash text not null, answer jsonb,
    created_at timestamptz(3) not null, constraint idempotency_once primary key (actor, operation, key));`

/** What the toy domain runs with: no peers, no signals. */
export const toyRuntime = (database: Database, clock: Clock): DomainRuntime => ({
  domain: 'toy',
  database,
  backbone,
  clock,
  log: createLog('silent'),
  signals: { send: () => {}, listen: () => () => {}, close: async () => {} },
  peers: { ask: () => Promise.reject(new Error('no peers')), entity: async () => null },
  vault: createVault({ current: 'the secret of the toy house, long enough' }),
  outboxWritten: () => {},
})

export const contextIn = (runtime: DomainRuntime, caller: Caller = userCaller()): Context =>
  createContext(runtime, { caller, token: 'token', requestId: 'request' }, () => undefined)

export const userCaller = (grants: Extract<Caller, { kind: 'user' }>['grants'] = {}): Caller => ({
  kind: 'user',
  userId: newId('usr'),
  sessionId: newId('ses'),
  platformRoles: [],
  grants,
})

/** A row that breaks no rule. */
export const boxRow = (label: string, size = 1): BoxRow => ({
  id: newId('box'),
  label,
  size,
  madeAt: new Date('2026-05-01T12:00:00.123Z'),
  shelfId: null,
})

export const times = <T>(count: number, make: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, index) => make(index))
