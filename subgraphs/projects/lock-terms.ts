import type { Transaction } from '@guildhall/kit/context'
import { eq } from 'drizzle-orm'
import { type EventTermsRow, eventTerms } from './tables.ts'

/**
 * Holds the terms of an event as they are until the transaction ends. Always before the lock on a project: the event's
 * own moves take the two in this order, too.
 */
export async function lockTerms(tx: Transaction, eventId: string | null): Promise<EventTermsRow | null> {
  if (eventId === null) return null
  const [event] = await tx.select().from(eventTerms).where(eq(eventTerms.id, eventId)).for('share')
  if (!event) throw new Error(`the terms of ${eventId} are gone`)
  return event
}
