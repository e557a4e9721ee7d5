import { anyOf } from '@guildhall/kit/any-of'
import type { Context } from '@guildhall/kit/context'
import { byId, byParent } from '@guildhall/kit/loaders'
import { pagesByParent } from '@guildhall/kit/nested-pages'
import type { OrderKey } from '@guildhall/kit/paging'
import { and, desc, eq, exists, inArray, isNull, min, type SQL, sql } from 'drizzle-orm'
import type { CheckInFilter } from '../generated/graphql.ts'
import {
  type CheckInCountsRow,
  type CheckInListRow,
  type CheckInRow,
  checkInLists,
  checkIns,
  type RegistrationRow,
  registrations,
  type TicketRow,
  tickets,
} from '../tables.ts'
import { offlinePages } from './offline-tickets.ts'
import { checkInListsFor, ticketHoldersFor } from './visibility.ts'

/** Batches of the area: what those at the doors see. */
export const checkInLoaders = (ctx: Context) => ({
  checkInList: byId<CheckInListRow>(ctx, 'cil', checkInLists, checkInListsFor(ctx)),
  checkIn: byId<CheckInRow>(ctx, 'chk', checkIns, visibleScans(ctx)),
  ticketHolder: byId<RegistrationRow>(ctx, 'reg', registrations, ticketHoldersFor(ctx)),
  ticket: byParent<TicketRow>(
    (ids) =>
      ctx.db
        .select()
        .from(tickets)
        .where(and(inArray(tickets.registrationId, [...ids]), isNull(tickets.revokedAt))),
    (row) => row.registrationId,
  ),
  checkedIn: byParent(
    (ids) => firstEntries(ctx, ids),
    (row) => row.registrationId,
  ),
  checkInCounts: byParent<CheckInCountsRow>(
    (ids) => latestCounts(ctx, ids),
    (row) => row.listId,
  ),
  checkInListsOfEvent: pagesByParent<CheckInListRow, null>(ctx, {
    list: 'Event.checkInLists',
    table: checkInLists,
    parent: checkInLists.eventId,
    parentOf: (row) => row.eventId,
    keys: oldestFirst,
    where: () => checkInListsFor(ctx),
  }),
  checkInsOfList: pagesByParent<CheckInRow, CheckInFilter | null>(ctx, {
    list: 'CheckInList.checkIns',
    table: checkIns,
    parent: checkIns.listId,
    parentOf: (row) => row.listId,
    keys: latestChangeFirst,
    where: (filter) => and(visibleScans(ctx), matching(filter)),
  }),
  offlineTickets: offlinePages(ctx),
})

const visibleScans = (ctx: Context): SQL | undefined => {
  const lists = checkInListsFor(ctx)
  return (
    lists &&
    exists(
      ctx.db
        .select({ one: sql`1` })
        .from(checkInLists)
        .where(and(eq(checkInLists.id, checkIns.listId), lists)),
    )
  )
}

const matching = (filter: CheckInFilter | null): SQL | undefined =>
  and(
    filter?.result ? inArray(checkIns.result, filter.result) : undefined,
    filter?.type ? inArray(checkIns.type, filter.type) : undefined,
  )

const oldestFirst: OrderKey<CheckInListRow>[] = [
  { column: checkInLists.createdAt, direction: 'ASC', value: (row) => row.createdAt },
  { column: checkInLists.id, direction: 'ASC', value: (row) => row.id },
]

const latestChangeFirst: OrderKey<CheckInRow>[] = [
  { column: checkIns.seq, direction: 'DESC', value: (row) => row.seq },
]

async function firstEntries(ctx: Context, ids: readonly string[]) {
  const rows = await ctx.db
    .select({ registrationId: checkIns.registrationId, at: min(checkIns.at) })
    .from(checkIns)
    .where(
      and(
        inArray(checkIns.registrationId, [...ids]),
        eq(checkIns.type, 'ENTRY'),
        eq(checkIns.result, 'OK'),
        isNull(checkIns.undoneAt),
      ),
    )
    .groupBy(checkIns.registrationId)
  return rows.map(({ registrationId, at }) => ({ registrationId: registrationId ?? '', at }))
}

/** The latest change of a list knows what was counted by then. */
function latestCounts(ctx: Context, ids: readonly string[]): Promise<CheckInCountsRow[]> {
  const latest = ctx.db
    .select({ entered: checkIns.entered, exited: checkIns.exited, rejected: checkIns.rejected })
    .from(checkIns)
    .where(eq(checkIns.listId, checkInLists.id))
    .orderBy(desc(checkIns.seq))
    .limit(1)
    .as('latest')
  return ctx.db
    .select({
      listId: checkInLists.id,
      entered: latest.entered,
      exited: latest.exited,
      rejected: latest.rejected,
    })
    .from(checkInLists)
    .innerJoinLateral(latest, sql`true`)
    .where(anyOf(checkInLists.id, ids))
}
