import type { Context } from '@guildhall/kit/context'
import { byId, byParent } from '@guildhall/kit/loaders'
import { pagesByParent } from '@guildhall/kit/nested-pages'
import { desc, inArray, lte, sql } from 'drizzle-orm'
import { eventsByStart } from './order.ts'
import { type EventRow, type EventTransitionRow, events, eventTransitions } from './tables.ts'
import { listedFor, visibleTo } from './visibility.ts'

export type Ctx = Context<ReturnType<typeof loaders>>

/** Batches of one operation. */
export const loaders = (ctx: Context) => ({
  event: byId<EventRow>(ctx, 'evt', events, visibleTo(ctx)),
  history: byParent<EventTransitionRow>(
    (eventIds) => latestTransitions(ctx, eventIds),
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

const historyMax = 50

async function latestTransitions(ctx: Context, eventIds: readonly string[]): Promise<EventTransitionRow[]> {
  const rank = sql<number>`row_number() over (partition by ${eventTransitions.eventId} order by ${eventTransitions.at} desc, ${eventTransitions.id} desc)`
  const ranked = ctx.db
    .select({ id: eventTransitions.id, rank: rank.as('rank') })
    .from(eventTransitions)
    .where(inArray(eventTransitions.eventId, [...eventIds]))
    .as('ranked')
  return ctx.db
    .select()
    .from(eventTransitions)
    .where(
      inArray(
        eventTransitions.id,
        ctx.db.select({ id: ranked.id }).from(ranked).where(lte(ranked.rank, historyMax)),
      ),
    )
    .orderBy(desc(eventTransitions.at), desc(eventTransitions.id))
}
