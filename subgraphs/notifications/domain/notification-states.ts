import type { NotificationRow } from '../tables.ts'

export type NotificationState = NotificationRow['state']

/** The instants from which the state of a notification follows. */
export type NotificationTimes = Pick<
  NotificationRow,
  'seenAt' | 'readAt' | 'archivedAt' | 'snoozedUntil' | 'wokenAt'
>

export type NotificationTime = keyof NotificationTimes

/** What becomes of an instant: the present one, the present one unless it is set, that until when, or none. */
export type Setting = 'NOW' | 'NOW_IF_NONE' | 'UNTIL' | 'NONE'

/** Something that can be done with a notification in one of some states; in others it is passed over. */
export interface Step {
  from: readonly NotificationState[]
  sets: Readonly<Partial<Record<NotificationTime, Setting>>>
}

const notArchived = ['UNSEEN', 'SEEN', 'READ', 'SNOOZED'] as const

/**
 * UNSEEN → SEEN → READ ⇄ unread (which is SEEN), any ⇄ ARCHIVED, SNOOZED → UNSEEN. What comes out of the archive is as
 * it went in; only what was put off comes out as never looked at, lest it be overlooked when it comes back.
 */
export const notificationSteps = {
  SEE: { from: ['UNSEEN'], sets: { seenAt: 'NOW' } },
  READ: { from: ['UNSEEN', 'SEEN'], sets: { seenAt: 'NOW_IF_NONE', readAt: 'NOW' } },
  UNREAD: { from: ['READ'], sets: { readAt: 'NONE' } },
  ARCHIVE: { from: notArchived, sets: { archivedAt: 'NOW', snoozedUntil: 'NONE' } },
  UNARCHIVE: { from: ['ARCHIVED'], sets: { archivedAt: 'NONE' } },
  SNOOZE: { from: notArchived, sets: { snoozedUntil: 'UNTIL' } },
  WAKE: { from: ['SNOOZED'], sets: { snoozedUntil: 'NONE', seenAt: 'NONE', readAt: 'NONE', wokenAt: 'NOW' } },
  EXPIRE: { from: notArchived, sets: { archivedAt: 'NOW', snoozedUntil: 'NONE' } },
} as const satisfies Record<string, Step>

export type NotificationStep = keyof typeof notificationSteps

/** A step with its properties at their full width. */
export const stepOf = (step: NotificationStep): Step => notificationSteps[step]

/** Where notifications stand that are neither put away nor put off. */
export const inboxStates: readonly NotificationState[] = ['UNSEEN', 'SEEN', 'READ']

/** Where notifications stand that count as unread. */
export const unreadStates: readonly NotificationState[] = ['UNSEEN', 'SEEN']

/** The state that follows from the instants; the table's own column says the same. */
export function stateOf({ seenAt, readAt, archivedAt, snoozedUntil }: NotificationTimes): NotificationState {
  if (snoozedUntil) return 'SNOOZED'
  if (archivedAt) return 'ARCHIVED'
  if (readAt) return 'READ'
  return seenAt ? 'SEEN' : 'UNSEEN'
}

/** The instants after a step, or as they were when the step does not start there. */
export function afterStep(
  times: NotificationTimes,
  step: NotificationStep,
  now: Date,
  until: Date | null = null,
): NotificationTimes {
  const { from, sets } = stepOf(step)
  if (!from.includes(stateOf(times))) return times
  const after = { ...times }
  for (const [time, setting] of Object.entries(sets) as [NotificationTime, Setting][]) {
    if (setting === 'NOW') after[time] = now
    else if (setting === 'NOW_IF_NONE') after[time] ??= now
    else after[time] = setting === 'UNTIL' ? until : null
  }
  return after
}
