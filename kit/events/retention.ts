import { and, asc, count, gt, inArray, lte, max, sql } from 'drizzle-orm'
import type { Context } from '../context.ts'
import type { Schedule } from '../define-subgraph.ts'
import type { BackboneTables } from './tables.ts'

const day = 86_400_000
/** As long as what happened can be replayed to a consumer. */
export const outboxKeptMs = 7 * day
/** Longer than anything can deliver an event again: brokers keep it seven days, an operator may replay it on the last. */
const inboxKeptMs = 30 * day
/** Clients that try again do so within minutes; a day covers a laptop that was closed overnight. */
const answersKeptMs = day

/** How much a run does at most. */
export interface PruningLimits {
  /** In one statement. */
  rows: number
  /** Statements for each table. */
  batches: number
}

/** A million rows of each table: whatever came together while nobody pruned is caught up with. */
const usualLimits: PruningLimits = { rows: 5_000, batches: 200 }

/** Removes what the backbone of a domain no longer needs, some rows at a time until there are no more. */
export const backboneRetention = (backbone: BackboneTables, { rows, batches } = usualLimits): Schedule => ({
  name: 'pruneBackbone',
  everySeconds: 600,
  async run(ctx) {
    for (const prune of [outboxPruning, inboxPruning, answersPruning]) {
      const pruneBatch = prune(ctx, backbone, rows)
      for (let batch = 0; batch < batches && (await pruneBatch()); batch += 1);
    }
  },
})

/** @returns what removes a batch and tells whether there may be more. */
type Pruning = (ctx: Context, backbone: BackboneTables, rows: number) => () => Promise<boolean>

const before = (ctx: Context, keptMs: number) => new Date(ctx.now().getTime() - keptMs)

/** Goes through the oldest rows alone: what was not sent stays, whatever its age. */
const outboxPruning: Pruning = (ctx, { outbox }, rows) => {
  let last = 0
  return async () => {
    const looked = ctx.db
      .$with('looked')
      .as(
        ctx.db
          .select({ seq: outbox.seq, sentAt: outbox.sentAt })
          .from(outbox)
          .where(gt(outbox.seq, last))
          .orderBy(asc(outbox.seq))
          .limit(rows),
      )
    const old = ctx.db
      .select({ seq: looked.seq })
      .from(looked)
      .where(lte(looked.sentAt, before(ctx, outboxKeptMs)))
    const gone = ctx.db
      .$with('gone')
      .as(ctx.db.delete(outbox).where(inArray(outbox.seq, old)).returning({ seq: outbox.seq }))
    const [batch] = await ctx.db
      .with(looked, gone)
      .select({
        looked: count(),
        last: max(looked.seq),
        gone: sql<number>`(select count(*)::int from ${gone})`,
      })
      .from(looked)
    last = batch?.last ?? last
    return batch?.looked === rows && batch.gone > 0
  }
}

const inboxPruning: Pruning =
  (ctx, { inbox }, rows) =>
  async () => {
    const isOld = lte(inbox.handledAt, before(ctx, inboxKeptMs))
    const old = ctx.db.select({ eventId: inbox.eventId }).from(inbox).where(isOld).limit(rows)
    const gone = await ctx.db.delete(inbox).where(and(isOld, inArray(inbox.eventId, old)))
    return gone.count >= rows
  }

const answersPruning: Pruning =
  (ctx, { idempotency }, rows) =>
  async () => {
    const isOld = lte(idempotency.createdAt, before(ctx, answersKeptMs))
    const old = ctx.db.select({ key: idempotency.key }).from(idempotency).where(isOld).limit(rows)
    const gone = await ctx.db.delete(idempotency).where(and(isOld, inArray(idempotency.key, old)))
    return gone.count >= rows
  }
