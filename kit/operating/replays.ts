import { createHash } from 'node:crypto'
import { and, asc, eq, gt, gte, inArray, lte, max, min, type SQL, sql } from 'drizzle-orm'
import { delivery } from '../bus/tables.ts'
import type { Context, Transaction } from '../context.ts'
import type { Envelope } from '../events/envelope.ts'
import type { BackboneTables } from '../events/tables.ts'
import type { BackboneAnswers, BackboneQuestion } from './questions.ts'

type Ask<Name extends BackboneQuestion['ask']> = Extract<BackboneQuestion, { ask: Name }>

/** The numbers of a range of a domain's log. Its ends may be named by time, by number, or not at all. */
export async function readLogRange(
  ctx: Context,
  { outbox }: BackboneTables,
  { from, to, fromSeq, toSeq }: Ask<'logRange'>,
): Promise<BackboneAnswers['logRange']> {
  const [kept] = await ctx.db
    .select({ seq: outbox.seq, occurredAt: outbox.occurredAt })
    .from(outbox)
    .orderBy(asc(outbox.seq))
    .limit(1)
  const numberAt = async (edge: 'first' | 'last', at: string) => {
    const instant = new Date(at)
    const [row] = await ctx.db
      .select({ seq: edge === 'first' ? min(outbox.seq) : max(outbox.seq) })
      .from(outbox)
      .where(edge === 'first' ? gte(outbox.occurredAt, instant) : lte(outbox.occurredAt, instant))
    return row?.seq ?? null
  }
  const wanted = fromSeq ?? (from === null ? 1 : await numberAt('first', from))
  const isBefore =
    fromSeq === null && from !== null
      ? kept && new Date(from) < kept.occurredAt
      : (wanted ?? 1) < (kept?.seq ?? 1)
  // Nothing was removed from a log that begins with its first number.
  const isKept = !isBefore || (kept?.seq ?? 1) === 1
  return {
    // Nothing has happened since: an empty range behind the end.
    fromSeq: wanted ?? Number.MAX_SAFE_INTEGER,
    toSeq: toSeq ?? (to === null ? null : ((await numberAt('last', to)) ?? 0)),
    isKept,
    keptSince: kept?.occurredAt.toISOString() ?? null,
  }
}

/**
 * The next events to replay, in order: those of the range, then whatever happened later to the aggregates in it. Without
 * the latter an old event would have the last word wherever a projection keeps no versions.
 */
export async function readLogPage(
  ctx: Context,
  { outbox }: BackboneTables,
  { names, fromSeq, toSeq, after, limit }: Ask<'logPage'>,
): Promise<BackboneAnswers['logPage']> {
  const read = (where: SQL | undefined) =>
    ctx.db
      .select()
      .from(outbox)
      .where(and(gte(outbox.seq, fromSeq), gt(outbox.seq, after), inArray(outbox.name, names), where))
      .orderBy(asc(outbox.seq))
      .limit(limit)
  const inRange = toSeq === null || after < toSeq
  const rows = await read(inRange ? (toSeq === null ? undefined : lte(outbox.seq, toSeq)) : touched())
  if (rows.length === 0 && inRange && toSeq !== null) return { envelopes: [], after: toSeq, isEnd: false }
  return { envelopes: rows.map(toEnvelope), after: rows.at(-1)?.seq ?? after, isEnd: rows.length === 0 }

  function touched(): SQL {
    const aggregates = ctx.db
      .selectDistinct({ aggregate: outbox.aggregate })
      .from(outbox)
      .where(and(gte(outbox.seq, fromSeq), lte(outbox.seq, toSeq ?? 0), inArray(outbox.name, names)))
    return inArray(outbox.aggregate, aggregates)
  }

  function toEnvelope(row: typeof outbox.$inferSelect): Envelope {
    const { id, name, version, aggregate, actor, occurredAt, payload } = row
    return { id, name, version, aggregate, actor, occurredAt: occurredAt.toISOString(), payload }
  }
}

/**
 * Puts copies of events into the domain's mailbox, behind everything that waits there. A copy has an id of its own that
 * follows from the replay and the event: it is handled once however often it is put in, and does not care whether the
 * event itself was handled already or still waits.
 */
export async function depositCopies(
  ctx: Context,
  tx: Transaction,
  replayId: string,
  envelopes: readonly Envelope[],
): Promise<void> {
  const copies = envelopes.map((envelope) => ({
    ...envelope,
    replay: { id: replayId, copyId: copyIdOf(replayId, envelope.id) },
  }))
  await tx.execute(sql`
    insert into bus.delivery (consumer, event_id, aggregate, envelope)
    select ${ctx.domain}, (e.envelope -> 'replay' ->> 'copyId')::uuid, e.envelope ->> 'aggregate', e.envelope
    from jsonb_array_elements(${JSON.stringify(copies)}::jsonb) with ordinality as e(envelope, position)
    order by e.position
    on conflict on constraint delivery_once do nothing`)
  tx.afterCommit(() => ctx.signals.send('bus', ['replayed']))
}

/** How many copies of a replay wait, and how many were given up. */
export async function replayProgress(
  ctx: Context,
  replayId: string,
): Promise<BackboneAnswers['replayProgress']> {
  const [row] = await ctx.db
    .select({
      waitingCount: sql<number>`count(*) filter (where ${delivery.deadAt} is null)`.mapWith(Number),
      deadCount: sql<number>`count(*) filter (where ${delivery.deadAt} is not null)`.mapWith(Number),
    })
    .from(delivery)
    .where(
      and(eq(delivery.consumer, ctx.domain), sql`${delivery.envelope} -> 'replay' ->> 'id' = ${replayId}`),
    )
  return row ?? { waitingCount: 0, deadCount: 0 }
}

function copyIdOf(replayId: string, eventId: string): string {
  const hex = createHash('sha256').update(`${replayId} ${eventId}`).digest('hex')
  return hex.slice(0, 32).replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
}
