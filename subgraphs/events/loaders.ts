import type { Context } from '@guildhall/kit/context'
import { historyByParent } from '@guildhall/kit/history'
import { byId } from '@guildhall/kit/loaders'
import { pagesByParent } from '@guildhall/kit/nested-pages'
import type { OrderKey } from '@guildhall/kit/paging'
import { arrayOverlaps, sql } from 'drizzle-orm'
import type { EventRoleName } from './contract.ts'
import { eventsByStart } from './order.ts'
import {
  type EventMembershipRow,
  type EventRow,
  type EventTransitionRow,
  eventMemberships,
  events,
  eventTransitions,
} from './tables.ts'
import { listedFor, visibleMemberships, visibleTo } from './visibility.ts'

export type Ctx = Context<ReturnType<typeof loaders>>

/** Batches of one operation. */
export const loaders = (ctx: Context) => ({
  event: byId<EventRow>(ctx, 'evt', events, visibleTo(ctx)),
  history: historyByParent<EventTransitionRow>(
    ctx,
    eventTransitions,
    eventTransitions.eventId,
    (row) => row.eventId,
  ),
  membership: byId<EventMembershipRow>(ctx, 'evm', eventMemberships, visibleMemberships(ctx)),
  /** For callers who may change the event: whoever asks has looked at that. */
  memberships: pagesByParent<EventMembershipRow, EventRoleName[] | null>(ctx, {
    list: 'Event.memberships',
    table: eventMemberships,
    parent: eventMemberships.eventId,
    parentOf: (row) => row.eventId,
    keys: firstCome,
    where: (roles) =>
      roles === null
        ? sql`cardinality(${eventMemberships.roles}) > 0`
        : arrayOverlaps(eventMemberships.roles, roles),
  }),
  eventsOfOrganization: pagesByParent<EventRow, null>(ctx, {
    list: 'Organization.events',
    table: events,
    parent: events.organizationId,
    parentOf: (row) => row.organizationId,
    keys: eventsByStart,
    where: () => listedFor(ctx),
  }),
})

const firstCome: OrderKey<EventMembershipRow>[] = [
  { column: eventMemberships.createdAt, direction: 'ASC', value: (row) => row.createdAt },
  { column: eventMemberships.id, direction: 'ASC', value: (row) => row.id },
]
