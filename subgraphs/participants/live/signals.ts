import type { Context, Transaction } from '@guildhall/kit/context'
import type { RegistrationRow } from '../tables.ts'

/** Keys: the events whose seats have changed. */
export const seatsSignal = 'participants.seats'
/** Keys: the people whose registrations have changed. */
export const ownSignal = 'participants.own'

/** Wakes those who watch, once it is kept. */
export function signalChanges(
  ctx: Context,
  tx: Transaction,
  eventId: string,
  rows: readonly Pick<RegistrationRow, 'userId'>[],
): void {
  tx.afterCommit(() => {
    ctx.signals.send(seatsSignal, [eventId])
    if (rows.length > 0) ctx.signals.send(ownSignal, [...new Set(rows.map(({ userId }) => userId))])
  })
}
