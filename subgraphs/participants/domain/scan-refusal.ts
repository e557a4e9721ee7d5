import type { CheckInListRow, CheckInRow, RegistrationRow, TicketRow } from '../tables.ts'
import type { RegistrationStatus } from './registration-status.ts'

export type ScanRefusal = NonNullable<CheckInRow['refusal']>

/** A ticket that was shown, with whose it is. */
export interface ShownTicket {
  ticket: Pick<TicketRow, 'revokedAt' | 'blockedAt'>
  registration: Pick<RegistrationRow, 'status' | 'category'>
}

type Door = Pick<CheckInListRow, 'activatesAt' | 'expiresAt' | 'archivedAt' | 'isExitRecorded' | 'categories'>

/** Whoever did not come may have come after all: a device that was offline tells of it late. */
const admissible: readonly RegistrationStatus[] = ['CONFIRMED', 'CHECKED_IN', 'NO_SHOW']
const undecided: readonly RegistrationStatus[] = ['PENDING_APPROVAL', 'WAITLISTED', 'OFFERED']

/** What staff may pass over: that somebody stands there at another time or another door, or that questions are open. */
const forcible: readonly ScanRefusal[] = ['INVALID_TIME', 'WRONG_CATEGORY', 'INCOMPLETE']

/**
 * Why a scan counts for nothing whatever other scans there are; null: it takes part in their order. Tickets that were
 * revoked or blocked later than the scan were good when a device without a connection let them pass.
 *
 * @param isComplete whether nothing that must be answered at the door is open.
 */
export function scanRefusal(
  scan: { type: 'ENTRY' | 'EXIT'; at: Date; isForced: boolean },
  door: Door,
  shown: ShownTicket | undefined,
  isComplete: boolean,
): ScanRefusal | null {
  const refusal = strictRefusal(scan, door, shown, isComplete)
  return refusal && scan.isForced && forcible.includes(refusal) ? null : refusal
}

function strictRefusal(
  { type, at }: { type: 'ENTRY' | 'EXIT'; at: Date },
  door: Door,
  shown: ShownTicket | undefined,
  isComplete: boolean,
): ScanRefusal | null {
  if (!shown) return 'INVALID'
  const { ticket, registration } = shown
  if (hasHappened(ticket.revokedAt, at)) return 'REVOKED'
  if (undecided.includes(registration.status)) return 'UNAPPROVED'
  if (!admissible.includes(registration.status)) return 'CANCELED'
  if (hasHappened(ticket.blockedAt, at)) return 'BLOCKED'
  if (type === 'EXIT') return door.isExitRecorded ? null : 'EXIT_NOT_RECORDED'
  const isOpen =
    !(door.activatesAt && at < door.activatesAt) &&
    !hasHappened(door.expiresAt, at) &&
    !hasHappened(door.archivedAt, at)
  if (!isOpen) return 'INVALID_TIME'
  const isMeant = door.categories.length === 0 || door.categories.includes(registration.category)
  if (!isMeant) return 'WRONG_CATEGORY'
  return isComplete ? null : 'INCOMPLETE'
}

const hasHappened = (instant: Date | null, at: Date): boolean => instant !== null && instant <= at

/**
 * When a scan happened, as far as the device can be believed: not later than we hear of it, and not before the list
 * begins.
 */
export function scannedAt(
  given: Date | null | undefined,
  { activatesAt }: Pick<Door, 'activatesAt'>,
  now: Date,
): Date {
  if (!given || given > now) return now
  return activatesAt && given < activatesAt && activatesAt <= now ? activatesAt : given
}
