import type { DeliveryReason, DeliveryStatus, LedgerRow } from '../tables.ts'
import type { NotificationChannel } from './notification-types.ts'

/** Why a delivery does not leave → the word for it in previews and ledgers. */
const reasons = {
  PREFERENCE: 'PREFERENCE',
  MUTED: 'MUTED',
  NO_ADDRESS: 'NO_ADDRESS',
  NO_DEVICE: 'NO_DEVICE',
  SUPPRESSED: 'ADDRESS_SUPPRESSED',
} as const satisfies Partial<Record<DeliveryReason, string>>

/** Why an announcement does not reach somebody by a channel. */
export type Reason = (typeof reasons)[keyof typeof reasons] | 'ERASED'

/** What became of an announcement by one channel. */
export interface ChannelOutcome {
  channel: NotificationChannel
  status: DeliveryStatus
  reason: Reason | null
}

/**
 * What the ledger alone says of a recipient and a channel. Null where it says nothing: the recipient was not dealt with, or
 * the way leads out of the house, and a delivery knows.
 */
export function outcomeInLedger(
  channel: NotificationChannel,
  { status, reason }: Pick<LedgerRow, 'status' | 'reason'>,
): ChannelOutcome | null {
  const isSkipped = status === 'SUPPRESSED' || (status === 'SENT' && reason !== null && channel === 'IN_APP')
  if (isSkipped) return { channel, status: 'SKIPPED', reason: reason as Reason | null }
  return status === 'SENT' && channel === 'IN_APP' ? { channel, status: 'DELIVERED', reason: null } : null
}

/** What a delivery says. Only why it does not leave is the organizers' business, not what disturbs a recipient, or when. */
export const outcomeOfDelivery = ({
  channel,
  status,
  reason,
}: {
  channel: NotificationChannel
  status: DeliveryStatus
  reason: DeliveryReason | null
}): ChannelOutcome => ({
  channel,
  status,
  reason:
    status === 'SKIPPED' && reason !== null && reason in reasons
      ? reasons[reason as keyof typeof reasons]
      : null,
})
