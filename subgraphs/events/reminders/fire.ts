import type { Context } from '@guildhall/kit/context'
import { done } from '@guildhall/kit/outcome'
import { and, eq, isNull } from 'drizzle-orm'
import { eventReminderDue } from '../contract.ts'
import { anchorOf, isDue } from '../domain/reminder.ts'
import { lockEvent } from '../lock-event.ts'
import { type EventReminderRow, type EventRow, eventReminders } from '../tables.ts'
import { audienceOf } from './audience.ts'
import { dueReminders } from './due.ts'

/** Reminders of one run; the rest is a matter of the next. */
const batchSize = 200

/** People in one piece of news: whoever hears of it tells them in one transaction. */
const peoplePerEvent = 500

/** Sends what is due. One whose people cannot be asked for waits for the next run; the others go on. */
export async function fireDueReminders(ctx: Context): Promise<void> {
  for (const { reminder, event } of await dueReminders(ctx, batchSize)) {
    try {
      await fire(ctx, reminder, await audienceOf(ctx, reminder, event))
    } catch (error) {
      ctx.log.warn({ err: error, reminderId: reminder.id }, 'reminder not sent')
    }
  }
}

/** Once, whoever else tries: the event is locked, so it does not move meanwhile, and the row says whether it was sent. */
const fire = (ctx: Context, seen: EventReminderRow, userIds: readonly string[]) =>
  ctx.transaction('fireReminder', async (tx) => {
    const event = await lockEvent(tx, seen.eventId)
    const waits = and(eq(eventReminders.id, seen.id), isNull(eventReminders.firedAt))
    const [reminder] = await tx.select().from(eventReminders).where(waits)
    // Its people were read before: if it is for others now, they are read by the next run.
    if (!reminder || reminder.audience !== seen.audience || !isDue(reminder, event, ctx.now()))
      return done(false)
    const fired = await tx.update(eventReminders).set({ firedAt: ctx.now() }).where(waits).returning()
    if (fired.length === 0) return done(false)
    for (const people of inParts(userIds)) await tx.emit(eventReminderDue, payloadOf(reminder, event, people))
    return done(true)
  })

const payloadOf = (reminder: EventReminderRow, event: EventRow, userIds: string[]) => ({
  reminderId: reminder.id,
  eventId: event.id,
  organizationId: event.organizationId,
  eventTitle: event.title,
  audience: reminder.audience,
  anchor: reminder.anchor,
  anchorAt: anchorOf(reminder, event).toISOString(),
  message: reminder.message,
  userIds,
})

/** At least one part: that it was due is worth telling even if there is nobody. */
const inParts = (userIds: readonly string[]): string[][] =>
  Array.from({ length: Math.max(1, Math.ceil(userIds.length / peoplePerEvent)) }, (_, part) =>
    userIds.slice(part * peoplePerEvent, (part + 1) * peoplePerEvent),
  )
