import type { Context, Transaction } from '@guildhall/kit/context'
import { and, asc, eq, inArray, isNotNull, isNull, type SQL, sql } from 'drizzle-orm'
import { lateMaxMs, remindingStatuses } from '../domain/reminder.ts'
import { type EventReminderRow, type EventRow, eventReminders, events } from '../tables.ts'

/** `dueOf` in the words of the database. */
const dueAt = sql`(case ${eventReminders.anchor}
  when 'STARTS_AT' then ${events.startsAt}
  when 'ENDS_AT' then ${events.endsAt}
  when 'SUBMISSION_DEADLINE' then coalesce(${events.submissionDeadline}, ${events.endsAt})
  else coalesce(${events.registrationClosesAt}, ${events.endsAt}) end
  + ${eventReminders.offsetMinutes} * interval '1 minute')`

const instantOf = (at: Date): SQL => sql`${at.toISOString()}::timestamptz`

/** Reminders whose time has come, the earliest first, with their events. */
export const dueReminders = (
  ctx: Context,
  limit: number,
): Promise<{ reminder: EventReminderRow; event: EventRow }[]> => {
  const now = ctx.now()
  return ctx.db
    .select({ reminder: eventReminders, event: events })
    .from(eventReminders)
    .innerJoin(events, eq(events.id, eventReminders.eventId))
    .where(
      and(
        isNull(eventReminders.firedAt),
        inArray(events.status, [...remindingStatuses]),
        sql`${dueAt} <= ${instantOf(now)}`,
        sql`${dueAt} > ${instantOf(new Date(now.getTime() - lateMaxMs))}`,
      ),
    )
    .orderBy(asc(dueAt), asc(eventReminders.id))
    .limit(limit)
}

/** After an event has moved: what was sent, and is ahead again, waits again. The event is locked. */
export async function rearm(ctx: Context, tx: Transaction, eventId: string): Promise<void> {
  const aheadAgain = tx
    .select({ id: eventReminders.id })
    .from(eventReminders)
    .innerJoin(events, eq(events.id, eventReminders.eventId))
    .where(
      and(eq(events.id, eventId), isNotNull(eventReminders.firedAt), sql`${dueAt} > ${instantOf(ctx.now())}`),
    )
  await tx.update(eventReminders).set({ firedAt: null }).where(inArray(eventReminders.id, aheadAgain))
}
