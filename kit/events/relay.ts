import { setTimeout as pause } from 'node:timers/promises'
import type postgres from 'postgres'
import type { DomainRuntime } from '../context.ts'
import { createWorker, type Worker } from '../worker.ts'
import type { Envelope, Transport } from './envelope.ts'

const batchSize = 200
const pollMs = 1_000
/** Another relay of the domain is at work: it may have looked before our event was there. */
const busyMs = 20

/**
 * Moves a domain's committed outbox rows to the transport. Only one relay per domain works at a time (a transaction
 * lock), which keeps the order of an aggregate; a killed relay's lock dies with its connection. Rows are found by
 * "not sent", never by "greater than the last": a slow transaction's row would be skipped for good.
 */
export function startRelay(runtime: DomainRuntime, transport: Transport): Worker {
  return createWorker(`relay ${runtime.domain}`, runtime.log, pollMs, () => relayBatch(runtime, transport))
}

/** @returns true when there may be more. */
async function relayBatch(
  { database, domain, tally }: DomainRuntime,
  transport: Transport,
): Promise<boolean> {
  const outbox = database.sql(`${domain}.outbox`)
  const moved = (await database.background.begin(async (tx) => {
    const [lock] =
      await tx`select pg_try_advisory_xact_lock(hashtextextended(${`relay:${domain}`}, 0)) as mine`
    if (!lock?.mine) return 'busy'
    const rows = await tx<OutboxRow[]>`
      select id, name, version, aggregate, actor, occurred_at, payload
      from ${outbox} where sent_at is null order by seq limit ${batchSize}`
    if (rows.length === 0) return 'all'
    await transport.publish(rows.map(toEnvelope))
    await tx`update ${outbox} set sent_at = now() where id = any(${rows.map((row) => row.id)}::uuid[])`
    for (const _ of rows) tally?.('eventPublished')
    return rows.length === batchSize ? 'some' : 'all'
  })) as 'busy' | 'some' | 'all'
  if (moved === 'busy') await pause(busyMs)
  return moved !== 'all'
}

interface OutboxRow extends postgres.Row {
  id: string
  name: string
  version: number
  aggregate: string
  actor: string | null
  occurred_at: Date
  payload: unknown
}

const toEnvelope = (row: OutboxRow): Envelope => ({
  id: row.id,
  name: row.name,
  version: row.version,
  aggregate: row.aggregate,
  actor: row.actor,
  occurredAt: row.occurred_at.toISOString(),
  payload: row.payload,
})
