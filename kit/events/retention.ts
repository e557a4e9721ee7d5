import { and, asc, inArray, lte } from 'drizzle-orm'
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

const batchSize = 5_000

/** Removes what the backbone of a domain no longer needs, a bounded piece at a time. */
export const backboneRetention = (backbone: BackboneTables): Schedule => ({
  name: 'pruneBackbone',
  everySeconds: 600,
  async run(ctx) {
    await pruneOutbox(ctx, backbone)
    await pruneInbox(ctx, backbone)
    await pruneAnswers(ctx, backbone)
  },
})

const before = (ctx: Context, keptMs: number) => new Date(ctx.now().getTime() - keptMs)

/** Looks at the oldest rows alone: what was not sent stays, whatever its age. */
async function pruneOutbox(ctx: Context, { outbox }: BackboneTables): Promise<void> {
  const oldest = ctx.db
    .select({ seq: outbox.seq, sentAt: outbox.sentAt })
    .from(outbox)
    .orderBy(asc(outbox.seq))
    .limit(batchSize)
    .as('oldest')
  const gone = ctx.db
    .select({ seq: oldest.seq })
    .from(oldest)
    .where(lte(oldest.sentAt, before(ctx, outboxKeptMs)))
  await ctx.db.delete(outbox).where(inArray(outbox.seq, gone))
}

async function pruneInbox(ctx: Context, { inbox }: BackboneTables): Promise<void> {
  const old = ctx.db
    .select({ eventId: inbox.eventId })
    .from(inbox)
    .where(lte(inbox.handledAt, before(ctx, inboxKeptMs)))
    .limit(batchSize)
  await ctx.db
    .delete(inbox)
    .where(and(lte(inbox.handledAt, before(ctx, inboxKeptMs)), inArray(inbox.eventId, old)))
}

async function pruneAnswers(ctx: Context, { idempotency }: BackboneTables): Promise<void> {
  const old = ctx.db
    .select({ key: idempotency.key })
    .from(idempotency)
    .where(lte(idempotency.createdAt, before(ctx, answersKeptMs)))
    .limit(batchSize)
  await ctx.db
    .delete(idempotency)
    .where(and(lte(idempotency.createdAt, before(ctx, answersKeptMs)), inArray(idempotency.key, old)))
}
