import { asc, eq, sql } from 'drizzle-orm'
import { activity, schedule } from '../bus/tables.ts'
import type { Context } from '../context.ts'
import type { Reaction } from '../events/envelope.ts'
import { countWaiting } from '../events/waiting.ts'
import type { DomainStatus, ScheduleStatus } from './questions.ts'

/** How a domain's part of the backbone is doing, as its database knows it: every replica says the same. */
export async function readStatus(ctx: Context, reactions: readonly Reaction[]): Promise<DomainStatus> {
  const [[own], waiting, schedules, unreadCount] = await Promise.all([
    ctx.db.select().from(activity).where(eq(activity.domain, ctx.domain)),
    countWaiting((question) => ctx.db.execute(question), ctx.domain, ctx.now()),
    readSchedules(ctx),
    ctx.unread(),
  ])
  const { unsentCount, oldestUnsentSeconds, ...mailbox } = waiting
  return {
    transport: own?.transport ?? null,
    unsentCount,
    oldestUnsentSeconds,
    consumer:
      reactions.length === 0
        ? null
        : {
            unreadCount,
            ...mailbox,
            heardAt: own?.heardAt?.toISOString() ?? null,
            reactions: reactions
              .map(({ event, rebuild }) => ({ eventName: event.name, isReplayable: rebuild !== undefined }))
              .sort((a, b) => (a.eventName < b.eventName ? -1 : 1)),
          },
    schedules,
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
