import { asc, count, eq, isNull, min, sql } from 'drizzle-orm'
import { activity, delivery, schedule } from '../bus/tables.ts'
import type { Context } from '../context.ts'
import type { Reaction } from '../events/envelope.ts'
import type { BackboneTables } from '../events/tables.ts'
import type { DomainStatus, ScheduleStatus } from './questions.ts'

/** How a domain's part of the backbone is doing, as its database knows it: every replica says the same. */
export async function readStatus(
  ctx: Context,
  { outbox }: BackboneTables,
  reactions: readonly Reaction[],
): Promise<DomainStatus> {
  const [[own], [unsent], schedules] = await Promise.all([
    ctx.db.select().from(activity).where(eq(activity.domain, ctx.domain)),
    ctx.db
      .select({ count: count(), oldest: min(outbox.occurredAt) })
      .from(outbox)
      .where(isNull(outbox.sentAt)),
    readSchedules(ctx),
  ])
  return {
    transport: own?.transport ?? null,
    unsentCount: unsent?.count ?? 0,
    oldestUnsentSeconds: ageOf(ctx, unsent?.oldest),
    consumer:
      reactions.length === 0
        ? null
        : {
            ...(await readMailbox(ctx)),
            heardAt: own?.heardAt?.toISOString() ?? null,
            reactions: reactions
              .map(({ event, rebuild }) => ({ eventName: event.name, isReplayable: rebuild !== undefined }))
              .sort((a, b) => (a.eventName < b.eventName ? -1 : 1)),
          },
    schedules,
  }
}

async function readMailbox(ctx: Context) {
  const own = eq(delivery.consumer, ctx.domain)
  const [counted] = await ctx.db
    .select({
      waitingCount: sql<number>`count(*) filter (where ${delivery.deadAt} is null)`.mapWith(Number),
      deadCount: sql<number>`count(*) filter (where ${delivery.deadAt} is not null)`.mapWith(Number),
    })
    .from(delivery)
    .where(own)
  // The one that came first; events of different aggregates may have happened in another order by a little.
  const [oldest] = await ctx.db
    .select({ occurredAt: sql<string>`${delivery.envelope} ->> 'occurredAt'` })
    .from(delivery)
    .where(sql`${own} and ${delivery.deadAt} is null`)
    .orderBy(asc(delivery.seq))
    .limit(1)
  return {
    waitingCount: counted?.waitingCount ?? 0,
    deadCount: counted?.deadCount ?? 0,
    oldestWaitingSeconds: ageOf(ctx, oldest && new Date(oldest.occurredAt)),
  }
}

async function readSchedules(ctx: Context): Promise<ScheduleStatus[]> {
  const rows = await ctx.db
    .select({ row: schedule, isRunning: sql<boolean>`${schedule.leasedUntil} >= now()` })
    .from(schedule)
    .where(eq(schedule.domain, ctx.domain))
    .orderBy(asc(schedule.name))
  return rows.map(({ row, isRunning }) => ({
    name: row.name,
    everySeconds: row.everySeconds,
    nextDueAt: row.nextDueAt.toISOString(),
    isRunning: isRunning === true,
    startedAt: row.startedAt?.toISOString() ?? null,
    endedAt: row.endedAt?.toISOString() ?? null,
    lastMs: row.lastMs,
    lastError: row.lastError,
    lastGoodAt: row.lastGoodAt?.toISOString() ?? null,
  }))
}

const ageOf = (ctx: Context, since: Date | null | undefined): number =>
  since ? Math.max(0, Math.round((ctx.now().getTime() - since.getTime()) / 100) / 10) : 0
