import type { StateMachine } from '@guildhall/kit/state-machine'
import type { DeliveryReason, DeliveryStatus } from '../tables.ts'

/** The life of a delivery. Nothing is sent but from SENDING; what waits is read again for what the recipient wants then. */
export const deliveryLife: StateMachine<DeliveryStatus> = {
  PENDING: [{ to: 'SKIPPED' }, { to: 'DEFERRED' }, { to: 'DIGESTED' }, { to: 'SENDING' }],
  DEFERRED: [{ to: 'SKIPPED' }, { to: 'DEFERRED' }, { to: 'DIGESTED' }, { to: 'SENDING' }],
  // To RETRY also when its sender has died; to SKIPPED when every device turned out to be gone.
  SENDING: [{ to: 'SENT' }, { to: 'RETRY' }, { to: 'BOUNCED' }, { to: 'SKIPPED' }, { to: 'DEAD' }],
  // To SENT by a sender that was slow, and not dead as it seemed.
  RETRY: [
    { to: 'SKIPPED' },
    { to: 'DEFERRED' },
    { to: 'DIGESTED' },
    { to: 'SENDING' },
    { to: 'SENT' },
    { to: 'DEAD' },
  ],
  SENT: [{ to: 'DELIVERED' }, { to: 'BOUNCED' }],
  // A complaint comes from somebody who has it.
  DELIVERED: [{ to: 'BOUNCED' }],
  DEAD: [{ to: 'PENDING' }],
  BOUNCED: [],
  SKIPPED: [],
  DIGESTED: [],
}

/** Those of which something is still to be done. */
export const waitingStatuses = ['PENDING', 'DEFERRED', 'SENDING', 'RETRY'] as const satisfies DeliveryStatus[]

/** Times that sending is begun before it is given up; with the waits below about ten hours pass. */
export const attemptsMax = 8

const [firstWaitMs, lastWaitMs] = [30_000, 6 * 3_600_000]

/**
 * How long to wait after an attempt that failed: exponential from half a minute to six hours, each ± 20 %, so that what
 * failed together does not come back together. Never less than what the other side asks for.
 *
 * @param random 0 to 1.
 */
export function waitMs(attempts: number, random: number, retryAfterMs: number | null): number {
  const exponent = Math.min(1, (attempts - 1) / (attemptsMax - 2))
  const own = firstWaitMs * (lastWaitMs / firstWaitMs) ** exponent * (0.8 + 0.4 * random)
  return Math.max(own, retryAfterMs ?? 0)
}

/** What became of a delivery that was taken up. */
export type Result =
  | { status: 'SENT' }
  | { status: 'SKIPPED' | 'BOUNCED' | 'DEAD'; reason: DeliveryReason; error?: string }
  | { status: 'DEFERRED'; reason: DeliveryReason; until: Date }
  | { status: 'DIGESTED' }
  | { status: 'RETRY'; error: string; retryAfterMs: number | null }

/** Servers repeat addresses, and at times links: neither belongs into a column or a log that is not sealed. */
export const withoutPeople = (text: string): string =>
  text
    .replace(/[^\s<>"'(),;:]+@[^\s<>"'(),;:]+/g, '…@…')
    .replace(/\bhttps?:\S+/gi, '…')
    .slice(0, 300)
