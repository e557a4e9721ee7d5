import type { Failure } from '@guildhall/kit/outcome'
import { problemsOf, prose } from '@guildhall/kit/validate'
import { z } from 'zod'
import contract from '../contract.ts'
import type { EventReminderRow, EventRow } from '../tables.ts'

/** Most reminders of an event: they are listed whole. */
export const remindersMax = 20

/** What could not be sent for so long is not sent any more: it would say what people know. */
export const lateMaxMs = 24 * 3_600_000

/** In these an event has people who come. */
export const remindingStatuses = [
  'PUBLISHED',
  'IN_PROGRESS',
  'JUDGING',
  'COMPLETED',
] as const satisfies readonly EventRow['status'][]

/** The part of a reminder that organizers write. */
export type ReminderDraft = Pick<EventReminderRow, 'anchor' | 'offsetMinutes' | 'audience' | 'message'>

/** A leap year. */
const farthestMinutes = 366 * 24 * 60

const draft = z.object({
  offsetMinutes: z.int().min(-farthestMinutes).max(farthestMinutes),
  message: prose(500).nullable(),
})

/** Every reason why an event cannot have this reminder now. */
export function reminderProblems(reminder: ReminderDraft, event: EventRow, now: Date): Failure[] {
  const problems = problemsOf(draft, reminder)
  if (problems.length > 0 || dueOf(reminder, event) > now) return problems
  return [contract.failure('REMINDER_IN_PAST', 'Its time has passed.', ['input', 'offsetMinutes'])]
}

/** The time of the event that a reminder is counted from. */
export function anchorOf({ anchor }: Pick<ReminderDraft, 'anchor'>, event: EventRow): Date {
  switch (anchor) {
    case 'STARTS_AT':
      return event.startsAt
    case 'ENDS_AT':
      return event.endsAt
    case 'SUBMISSION_DEADLINE':
      return event.submissionDeadline ?? event.endsAt
    case 'REGISTRATION_CLOSES_AT':
      return event.registrationClosesAt ?? event.endsAt
  }
}

/** When a reminder is due, as the event stands. */
export const dueOf = (reminder: Pick<ReminderDraft, 'anchor' | 'offsetMinutes'>, event: EventRow): Date =>
  new Date(anchorOf(reminder, event).getTime() + reminder.offsetMinutes * 60_000)

/** Whether a reminder is to be sent now. */
export function isDue(reminder: EventReminderRow, event: EventRow, now: Date): boolean {
  const late = now.getTime() - dueOf(reminder, event).getTime()
  return (
    reminder.firedAt === null &&
    late >= 0 &&
    late < lateMaxMs &&
    (remindingStatuses as readonly string[]).includes(event.status)
  )
}
