import { done, failed, type Outcome } from '@guildhall/kit/outcome'
import { eq } from 'drizzle-orm'
import { requireWriter, withinEvent } from '../change-event.ts'
import type { RemoveEventReminderInput } from '../generated/graphql.ts'
import type { Ctx } from '../loaders.ts'
import { type EventRow, eventReminders } from '../tables.ts'
import { noSuch } from '../tracks/failures.ts'

/** Takes a reminder off its event; who was sent it keeps it. */
export async function removeEventReminder(
  ctx: Ctx,
  input: RemoveEventReminderInput,
): Promise<Outcome<EventRow>> {
  const seen = await ctx.loaders.reminder.load(input.id)
  const ofEvent = seen && (await ctx.loaders.event.load(seen.eventId))
  if (!seen || !ofEvent) return failed(noSuch('reminder', 'id'))
  await requireWriter(ctx, ofEvent)

  return withinEvent(
    ctx,
    'removeEventReminder',
    seen.eventId,
    async (tx, event) => {
      const removed = await tx.delete(eventReminders).where(eq(eventReminders.id, seen.id)).returning()
      return removed.length > 0 ? done(event) : failed(noSuch('reminder', 'id'))
    },
    {},
    input,
  )
}
