import { done, failed, type Outcome } from '@guildhall/kit/outcome'
import { tidy } from '@guildhall/kit/validate'
import { count, eq } from 'drizzle-orm'
import { requireWriter, withinEvent } from '../change-event.ts'
import contract from '../contract.ts'
import { reminderProblems, remindersMax } from '../domain/reminder.ts'
import type { AddEventReminderInput } from '../generated/graphql.ts'
import type { Ctx } from '../loaders.ts'
import { type EventReminderRow, eventReminders } from '../tables.ts'
import { noSuch } from '../tracks/failures.ts'

/** Has people of an event reminded at a time counted from it. */
export async function addEventReminder(
  ctx: Ctx,
  input: AddEventReminderInput,
): Promise<Outcome<EventReminderRow>> {
  const seen = await ctx.loaders.event.load(input.eventId)
  if (!seen) return failed(noSuch('event', 'eventId'))
  await requireWriter(ctx, seen)
  const { anchor, offsetMinutes, audience } = input
  const draft = { anchor, offsetMinutes, audience, message: tidy(input.message) }

  return withinEvent(
    ctx,
    'addEventReminder',
    seen.id,
    async (tx, event) => {
      const problems = reminderProblems(draft, event, ctx.now())
      if (problems.length > 0) return failed(...problems)
      const [had] = await tx
        .select({ count: count() })
        .from(eventReminders)
        .where(eq(eventReminders.eventId, event.id))
      if ((had?.count ?? 0) >= remindersMax)
        return failed(
          contract.failure('TOO_MANY_REMINDERS', `An event has at most ${remindersMax} reminders.`),
        )
      const now = ctx.now()
      const [reminder] = await tx
        .insert(eventReminders)
        .values({ ...draft, id: ctx.newId('erm'), eventId: event.id, createdAt: now, updatedAt: now })
        .returning()
      if (!reminder) throw new Error('insert returned nothing')
      return done(reminder)
    },
    {},
    input,
  )
}
