import type { Context } from '@guildhall/kit/context'
import { historyByParent } from '@guildhall/kit/history'
import { byId } from '@guildhall/kit/loaders'
import { pagesByParent } from '@guildhall/kit/nested-pages'
import { eventsByStart } from './order.ts'
import { type EventRow, type EventTransitionRow, events, eventTransitions } from './tables.ts'
import { listedFor, visibleTo } from './visibility.ts'

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
  eventsOfOrganization: pagesByParent<EventRow, null>(ctx, {
    list: 'Organization.events',
    table: events,
    parent: events.organizationId,
    parentOf: (row) => row.organizationId,
    keys: eventsByStart,
    where: () => listedFor(ctx),
  }),
})
