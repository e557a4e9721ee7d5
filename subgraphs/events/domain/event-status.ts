import type { Failure } from '@guildhall/kit/outcome'
import type { StateMachine } from '@guildhall/kit/state-machine'
import contract from '../contract.ts'
import type { EventRow } from '../tables.ts'

export type EventStatus = EventRow['status']

/** The life of an event. Going back is possible where nothing is lost by it, and wants a reason. */
export const eventLife: StateMachine<EventStatus> = {
  DRAFT: [{ to: 'PUBLISHED' }, { to: 'CANCELLED', needsReason: true }],
  PUBLISHED: [
    { to: 'IN_PROGRESS' },
    { to: 'DRAFT', needsReason: true },
    { to: 'CANCELLED', needsReason: true },
  ],
  IN_PROGRESS: [{ to: 'JUDGING' }, { to: 'COMPLETED' }, { to: 'CANCELLED', needsReason: true }],
  JUDGING: [
    { to: 'COMPLETED' },
    { to: 'IN_PROGRESS', needsReason: true },
    { to: 'CANCELLED', needsReason: true },
  ],
  COMPLETED: [{ to: 'ARCHIVED' }],
  CANCELLED: [{ to: 'ARCHIVED' }],
  ARCHIVED: [],
}

/** What other domains say that steps depend on; 0 where they were not asked. */
export interface Elsewhere {
  liveRegistrations: number
  openRounds: number
}

const notAsked: Elsewhere = { liveRegistrations: 0, openRounds: 0 }

/** What else must hold before a step. */
export function guardsOf(
  event: EventRow,
  to: EventStatus,
  now: Date,
  { liveRegistrations, openRounds } = notAsked,
): Failure[] {
  if (to === 'PUBLISHED' && event.endsAt <= now) {
    return [contract.failure('EVENT_IN_PAST', 'The event ends in the past.', ['input', 'to'])]
  }
  if (to === 'DRAFT' && liveRegistrations > 0) {
    return [contract.failure('HAS_REGISTRATIONS', 'People have registered for this event.', ['input', 'to'])]
  }
  if (to === 'COMPLETED' && openRounds > 0) {
    return [contract.failure('ROUNDS_OPEN', 'Close its judging rounds first.', ['input', 'to'])]
  }
  return []
}

/** Cancelled and archived events are history. */
export const isEditable = (status: EventStatus): boolean => status !== 'CANCELLED' && status !== 'ARCHIVED'

/** Where the clock stands between start and end. */
export function phaseOf(
  event: Pick<EventRow, 'startsAt' | 'endsAt'>,
  now: Date,
): 'UPCOMING' | 'ONGOING' | 'ENDED' {
  if (now < event.startsAt) return 'UPCOMING'
  return now < event.endsAt ? 'ONGOING' : 'ENDED'
}
