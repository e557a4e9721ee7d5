import type { OrderKey } from '@guildhall/kit/paging'
import { and, asc, desc, eq, type SQL } from 'drizzle-orm'
import { type RegistrationRow, registrations } from '../tables.ts'

/** The order in which seats are offered; the organizers' word counts before the time of waiting. */
export const queueKeys: OrderKey<RegistrationRow>[] = [
  { column: registrations.waitlistPriority, direction: 'DESC', value: (row) => row.waitlistPriority },
  // Who queues has been put there at some time: a constraint of the table.
  { column: registrations.waitlistedAt, direction: 'ASC', value: (row) => row.waitlistedAt ?? row.createdAt },
  { column: registrations.number, direction: 'ASC', value: (row) => row.number },
]

export const inQueueOrder: SQL[] = queueKeys.map(({ column, direction }) =>
  direction === 'ASC' ? asc(column) : desc(column),
)

/** Registrations in the queue of an event. */
export const isQueueing = (eventId: string): SQL | undefined =>
  and(eq(registrations.eventId, eventId), eq(registrations.status, 'WAITLISTED'))
