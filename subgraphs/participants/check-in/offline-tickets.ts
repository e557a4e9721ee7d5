import type { Context } from '@guildhall/kit/context'
import { type Connection, connection, keyset, type OrderKey, type PageArguments } from '@guildhall/kit/paging'
import DataLoader from 'dataloader'
import { and, count, eq, inArray, isNotNull, isNull } from 'drizzle-orm'
import { type OfflineTicketRow, registrations, tickets } from '../tables.ts'

/** What a page is asked for. */
export interface OfflinePage {
  eventId: string
  page: PageArguments
}

const keys: OrderKey<OfflineTicketRow>[] = [
  { column: registrations.number, direction: 'ASC', value: (row) => row.number },
]

/** Pages of the tickets that devices may let in while they are offline. */
export const offlinePages = (ctx: Context) =>
  new DataLoader<OfflinePage, Connection<OfflineTicketRow>, string>(
    (pages) => Promise.all(pages.map((page) => read(ctx, page))),
    { cacheKeyFn: (page) => JSON.stringify(page) },
  )

async function read(ctx: Context, { eventId, page }: OfflinePage): Promise<Connection<OfflineTicketRow>> {
  const { where, orderBy, limit } = keyset('CheckInList.offlineTickets', keys, page)
  const valid = and(
    eq(registrations.eventId, eventId),
    inArray(registrations.status, ['CONFIRMED', 'CHECKED_IN', 'NO_SHOW']),
    isNull(tickets.revokedAt),
  )
  const rows = await ctx.db
    .select({
      hash: tickets.secretHash,
      number: registrations.number,
      partySize: registrations.partySize,
      isBlocked: isNotNull(tickets.blockedAt).mapWith(Boolean),
      category: registrations.category,
    })
    .from(registrations)
    .innerJoin(tickets, eq(tickets.registrationId, registrations.id))
    .where(and(valid, where))
    .orderBy(...orderBy)
    .limit(limit)
  return connection('CheckInList.offlineTickets', keys, page, rows, async () => {
    const [total] = await ctx.db
      .select({ total: count() })
      .from(registrations)
      .innerJoin(tickets, eq(tickets.registrationId, registrations.id))
      .where(valid)
    return total?.total ?? 0
  })
}
