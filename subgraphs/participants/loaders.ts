import { anyOf } from '@guildhall/kit/any-of'
import type { Context } from '@guildhall/kit/context'
import { historyByParent } from '@guildhall/kit/history'
import { isId } from '@guildhall/kit/ids'
import { byId, byParent } from '@guildhall/kit/loaders'
import { pagesByParent } from '@guildhall/kit/nested-pages'
import DataLoader from 'dataloader'
import { and, count, desc, eq, inArray, sql, sum } from 'drizzle-orm'
import { checkInLoaders } from './check-in/loaders.ts'
import { decisionLoaders } from './decisions/loaders.ts'
import type { RegistrationStatus } from './domain/registration-status.ts'
import { formLoaders } from './forms/loaders.ts'
import type { RegistrationOrder } from './generated/graphql.ts'
import { invitationLoaders } from './invitations/loaders.ts'
import { type ListFilter, matching } from './lists/matching.ts'
import { registrationsBy } from './lists/order.ts'
import { latestFirst } from './queries.ts'
import {
  type EventSeatsRow,
  eventSeats,
  type RegistrationRow,
  type RegistrationTransitionRow,
  registrations,
  registrationTransitions,
} from './tables.ts'
import { visibleEvents, visibleTo } from './visibility.ts'
import { inQueueOrder, queueKeys } from './waitlist/queue-order.ts'

export type Ctx = Context<ReturnType<typeof loaders>>

/** Batches of one operation. */
export const loaders = (ctx: Context) => ({
  ...checkInLoaders(ctx),
  ...decisionLoaders(ctx),
  ...formLoaders(ctx),
  ...invitationLoaders(ctx),
  eventSeats: byId<EventSeatsRow>(ctx, 'evt', eventSeats, visibleEvents(ctx)),
  registration: byId<RegistrationRow>(ctx, 'reg', registrations, visibleTo(ctx)),
  myRegistration: myRegistrations(ctx),
  statusCounts: byParent(
    (eventIds) => countStatuses(ctx, eventIds),
    (row) => row.eventId,
  ),
  waitlistPosition: waitlistPositions(ctx),
  history: historyByParent<RegistrationTransitionRow>(
    ctx,
    registrationTransitions,
    registrationTransitions.registrationId,
    (row) => row.registrationId,
  ),
  registrationsOfEvent: pagesInEveryOrder(ctx),
  waitlistOfEvent: pagesByParent<RegistrationRow, null>(ctx, {
    list: 'Event.waitlist',
    table: registrations,
    parent: registrations.eventId,
    parentOf: (row) => row.eventId,
    keys: queueKeys,
    where: () => and(visibleTo(ctx), eq(registrations.status, 'WAITLISTED')),
  }),
  registrationsOfUser: pagesByParent<RegistrationRow, null>(ctx, {
    list: 'User.registrations',
    table: registrations,
    parent: registrations.userId,
    parentOf: (row) => row.userId,
    keys: latestFirst,
    where: () => visibleTo(ctx),
  }),
})

/** A loader per order, because a batch has one order; made when first asked. */
function pagesInEveryOrder(ctx: Context) {
  const made = new Map<string, ReturnType<typeof pagesOfEvent>>()
  return (order: RegistrationOrder) => {
    const key = `${order.field} ${order.direction}`
    const pages = made.get(key) ?? pagesOfEvent(ctx, order)
    made.set(key, pages)
    return pages
  }
}

const pagesOfEvent = (ctx: Context, order: RegistrationOrder) =>
  pagesByParent<RegistrationRow, ListFilter | null>(ctx, {
    list: 'Event.registrations',
    table: registrations,
    parent: registrations.eventId,
    parentOf: (row) => row.eventId,
    keys: registrationsBy(order),
    where: (filter) => and(visibleTo(ctx), matching(filter)),
  })

/** The caller's registration for each event: the live one, or else the latest. */
function myRegistrations(ctx: Context) {
  return new DataLoader<string, RegistrationRow | null>(async (eventIds) => {
    const wanted = eventIds.filter((id) => isId('evt', id))
    if (!ctx.viewer || wanted.length === 0) return eventIds.map(() => null)
    const rows = await ctx.db
      .selectDistinctOn([registrations.eventId])
      .from(registrations)
      .where(and(eq(registrations.userId, ctx.viewer.userId), inArray(registrations.eventId, wanted)))
      .orderBy(
        registrations.eventId,
        sql`${registrations.status} in ('REJECTED', 'WITHDRAWN', 'EXPIRED', 'CANCELLED')`,
        desc(registrations.number),
      )
    const found = new Map(rows.map((row) => [row.eventId, row]))
    return eventIds.map((id) => found.get(id) ?? null)
  })
}

async function countStatuses(
  ctx: Context,
  eventIds: readonly string[],
): Promise<{ eventId: string; status: RegistrationStatus; count: number; seats: number }[]> {
  return ctx.db
    .select({
      eventId: registrations.eventId,
      status: registrations.status,
      count: count(),
      seats: sum(registrations.partySize).mapWith(Number),
    })
    .from(registrations)
    .where(inArray(registrations.eventId, [...eventIds]))
    .groupBy(registrations.eventId, registrations.status)
}

/** Where waitlisted registrations stand in their queues, from 1; one statement for all of them. */
function waitlistPositions(ctx: Context) {
  const order = sql.join(inQueueOrder, sql`, `)
  const place = sql<number>`row_number() over (partition by ${registrations.eventId} order by ${order})`
  return new DataLoader<RegistrationRow, number | null, string>(
    async (rows) => {
      const queues = [...new Set(rows.map((row) => row.eventId))]
      const queue = ctx.db
        .select({ id: registrations.id, place: place.mapWith(Number).as('place') })
        .from(registrations)
        .where(and(anyOf(registrations.eventId, queues), eq(registrations.status, 'WAITLISTED')))
        .as('queue')
      const wanted = rows.map((row) => row.id)
      const places = await ctx.db.select().from(queue).where(anyOf(queue.id, wanted))
      const found = new Map(places.map(({ id, place }) => [id, place]))
      return rows.map((row) => found.get(row.id) ?? null)
    },
    { cacheKeyFn: (row) => row.id },
  )
}
