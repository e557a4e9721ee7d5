import { BadUserInput } from '@guildhall/kit/errors'
import type { OrderKey } from '@guildhall/kit/paging'
import type { EventOrder } from './generated/graphql.ts'
import { relevanceOf } from './search.ts'
import { type EventRow, events } from './tables.ts'

/** An event with how well it fits what was searched for; 0 where that does not matter. */
export type RankedEvent = EventRow & { relevance: number }

/** The next to start first. */
export const eventsByStart = orderOf({ field: 'STARTS_AT', direction: 'ASC' })

/** Ties are broken by id, so that no event is skipped or seen twice. */
export function orderOf({ field, direction }: EventOrder): OrderKey<EventRow>[] {
  const byId: OrderKey<EventRow> = { column: events.id, direction, value: (row) => row.id }
  const first: Record<Exclude<EventOrder['field'], 'RELEVANCE'>, OrderKey<EventRow>> = {
    STARTS_AT: { column: events.startsAt, direction, value: (row) => row.startsAt },
    CREATED_AT: { column: events.createdAt, direction, value: (row) => row.createdAt },
    TITLE: { column: events.title, direction, value: (row) => row.title },
  }
  if (field === 'RELEVANCE') throw new BadUserInput('RELEVANCE is an order of what was searched for.')
  return [first[field], byId]
}

/** The best match first. */
export const byRelevance = (text: string): OrderKey<RankedEvent>[] => [
  {
    column: Object.assign(relevanceOf(text), { name: 'relevance', dataType: 'number' as const }),
    direction: 'DESC',
    value: (row) => row.relevance,
  },
  { column: events.id, direction: 'ASC', value: (row) => row.id },
]
