import { anyOf } from '@guildhall/kit/any-of'
import type { Context } from '@guildhall/kit/context'
import { historyByParent } from '@guildhall/kit/history'
import { byId, byParent } from '@guildhall/kit/loaders'
import { pagesByParent } from '@guildhall/kit/nested-pages'
import type { OrderKey } from '@guildhall/kit/paging'
import { and, arrayOverlaps, asc, sql } from 'drizzle-orm'
import type { EventRoleName } from './contract.ts'
import { eventsByStart, orderOf } from './order.ts'
import {
  type EventMembershipRow,
  type EventPrizeRow,
  type EventReminderRow,
  type EventRow,
  type EventSeriesRow,
  type EventTrackRow,
  type EventTransitionRow,
  eventMemberships,
  eventPrizes,
  eventReminders,
  eventSeries,
  events,
  eventTracks,
  eventTransitions,
} from './tables.ts'
import {
  listedFor,
  partVisibleTo,
  partWritableBy,
  visibleMemberships,
  visibleSeries,
  visibleTo,
} from './visibility.ts'

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
  eventBySlug: bySlug(ctx),
  track: byId<EventTrackRow>(ctx, 'trk', eventTracks, partVisibleTo(ctx, eventTracks.eventId)),
  prize: byId<EventPrizeRow>(ctx, 'prz', eventPrizes, partVisibleTo(ctx, eventPrizes.eventId)),
  tracksOfEvent: byParent<EventTrackRow>(
    (eventIds) =>
      ctx.db
        .select()
        .from(eventTracks)
        .where(anyOf(eventTracks.eventId, eventIds))
        .orderBy(asc(eventTracks.position), asc(eventTracks.id)),
    (row) => row.eventId,
  ),
  prizesOfEvent: byParent<EventPrizeRow>(
    (eventIds) =>
      ctx.db
        .select()
        .from(eventPrizes)
        .where(anyOf(eventPrizes.eventId, eventIds))
        .orderBy(asc(eventPrizes.position), asc(eventPrizes.id)),
    (row) => row.eventId,
  ),
  reminder: byId<EventReminderRow>(ctx, 'erm', eventReminders, partWritableBy(ctx, eventReminders.eventId)),
  /** For callers who may change the event: whoever asks has looked at that. */
  remindersOfEvent: byParent<EventReminderRow>(
    (eventIds) =>
      ctx.db
        .select()
        .from(eventReminders)
        .where(anyOf(eventReminders.eventId, eventIds))
        .orderBy(asc(eventReminders.createdAt), asc(eventReminders.id)),
    (row) => row.eventId,
  ),
  series: byId<EventSeriesRow>(ctx, 'ser', eventSeries, visibleSeries(ctx)),
  seriesOfOrganization: pagesByParent<EventSeriesRow, null>(ctx, {
    list: 'Organization.eventSeries',
    table: eventSeries,
    parent: eventSeries.organizationId,
    parentOf: (row) => row.organizationId,
    keys: [
      { column: eventSeries.title, direction: 'ASC', value: (row) => row.title },
      { column: eventSeries.id, direction: 'ASC', value: (row) => row.id },
    ],
    where: () => visibleSeries(ctx),
  }),
  eventsOfSeries: pagesByParent<EventRow, null>(ctx, {
    list: 'EventSeries.events',
    table: events,
    parent: events.seriesId,
    parentOf: (row) => row.seriesId ?? '',
    keys: latestFirst,
    where: () => listedFor(ctx),
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

const latestFirst = orderOf({ field: 'STARTS_AT', direction: 'DESC' })

const firstCome: OrderKey<EventMembershipRow>[] = [
  { column: eventMemberships.createdAt, direction: 'ASC', value: (row) => row.createdAt },
  { column: eventMemberships.id, direction: 'ASC', value: (row) => row.id },
]

/** At most one event for each name that they have in addresses. */
const bySlug = (ctx: Context) =>
  byParent<EventRow>(
    (slugs) =>
      ctx.db
        .select()
        .from(events)
        .where(and(anyOf(events.slug, slugs), visibleTo(ctx))),
    (row) => row.slug,
  )

/** The event of something that is seen only by those who see its event. */
export async function eventOf(ctx: Ctx, { eventId }: { eventId: string }): Promise<EventRow> {
  const event = await ctx.loaders.event.load(eventId)
  if (!event) throw new Error(`event ${eventId} is gone`)
  return event
}
