import type { Transaction } from '@guildhall/kit/context'
import type { Failure } from '@guildhall/kit/outcome'
import { eq } from 'drizzle-orm'
import contract from './contract.ts'
import { type EventRow, events } from './tables.ts'

/** Locks an event for a change: changes of one event happen one after the other. */
export async function lockEvent(tx: Transaction, id: string): Promise<EventRow> {
  const [event] = await tx.select().from(events).where(eq(events.id, id)).for('update')
  if (!event) throw new Error(`event ${id} is gone`)
  return event
}

/** The caller has decided on something that is no longer so. */
export const changedMeanwhile = (): Failure =>
  contract.failure('VERSION_CONFLICT', 'The event was changed meanwhile.', ['input', 'expectedVersion'])
