import type { OrderKey } from '@guildhall/kit/paging'
import type { EventOrder } from './generated/graphql.ts'
import { type EventRow, events } from './tables.ts'

/** The next to start first. */
export const eventsByStart = orderOf({ field: 'STARTS_AT', direction: 'ASC' })

/** Ties are broken by id, so that no event is skipped or seen twice. */
export function orderOf({ field, direction }: EventOrder): OrderKey<EventRow>[] {
  const byId: OrderKey<EventRow> = { column: events.id, direction, value: (row) => row.id }
  const first: Record<EventOrder['field'], OrderKey<EventRow>> = {
    STARTS_AT: { column: events.startsAt, direction, value: (row) => row.startsAt },
    CREATED_AT: { column: events.createdAt, direction, value: (row) => row.createdAt },
    TITLE: { column: events.title, direction, value: (row) => row.title },
  }
  return [first[field], byId]
}
