import { done, failed, type Outcome } from '@guildhall/kit/outcome'
import { tidy } from '@guildhall/kit/validate'
import { eq } from 'drizzle-orm'
import { requireWriter, withinEvent } from '../change-event.ts'
import contract from '../contract.ts'
import { type ReminderDraft, reminderProblems } from '../domain/reminder.ts'
import type { UpdateEventReminderInput } from '../generated/graphql.ts'
import type { Ctx } from '../loaders.ts'
import { type EventReminderRow, eventReminders } from '../tables.ts'
import { noSuch } from '../tracks/failures.ts'

/** Changes a reminder that still waits for its time. */
export async function updateEventReminder(
  ctx: Ctx,
  input: UpdateEventReminderInput,
): Promise<Outcome<EventReminderRow>> {
  const seen = await ctx.loaders.reminder.load(input.id)
  const ofEvent = seen && (await ctx.loaders.event.load(seen.eventId))
  if (!seen || !ofEvent) return failed(noSuch('reminder', 'id'))
  await requireWriter(ctx, ofEvent)

  return withinEvent(
    ctx,
    'updateEventReminder',
    seen.eventId,
    async (tx, event) => {
      const [reminder] = await tx.select().from(eventReminders).where(eq(eventReminders.id, seen.id))
      if (!reminder) return failed(noSuch('reminder', 'id'))
      if (reminder.firedAt)
        return failed(contract.failure('REMINDER_SENT', 'It was sent already.', ['input', 'id']))
      const changes = changesOf(input)
      const problems = reminderProblems({ ...reminder, ...changes }, event, ctx.now())
      if (problems.length > 0) return failed(...problems)
      const [changed] = await tx
        .update(eventReminders)
        .set({ ...changes, updatedAt: ctx.now() })
        .where(eq(eventReminders.id, reminder.id))
        .returning()
      if (!changed) throw new Error('update returned nothing')
      return done(changed)
    },
    {},
    input,
  )
}

const changesOf = ({
  anchor,
  offsetMinutes,
  audience,
  message,
}: UpdateEventReminderInput): Partial<ReminderDraft> => ({
  ...(anchor == null ? {} : { anchor }),
  ...(offsetMinutes == null ? {} : { offsetMinutes }),
  ...(audience == null ? {} : { audience }),
  ...(message === undefined ? {} : { message: tidy(message) }),
})
