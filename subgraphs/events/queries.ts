import { type Connection, connection, keyset } from '@guildhall/kit/paging'
import { and, count, eq, gte, ilike, inArray, lt, or, type SQL } from 'drizzle-orm'
import type { EventFilter, QueryEventsArgs } from './generated/graphql.ts'
import type { Ctx } from './loaders.ts'
import { eventsByStart, orderOf } from './order.ts'
import { type EventRow, events } from './tables.ts'
import { listedFor } from './visibility.ts'

/** The list behind `Query.events`. */
export async function listEvents(ctx: Ctx, args: QueryEventsArgs): Promise<Connection<EventRow>> {
  const page = { first: args.first ?? 20, after: args.after }
  const keys = args.orderBy ? orderOf(args.orderBy) : eventsByStart
  const set = keyset('Query.events', keys, page)
  const where = and(listedFor(ctx), matching(args.filter))
  const rows = await ctx.db
    .select()
    .from(events)
    .where(and(where, set.where))
    .orderBy(...set.orderBy)
    .limit(set.limit)
  return connection('Query.events', keys, page, rows, async () => {
    const [total] = await ctx.db.select({ count: count() }).from(events).where(where)
    return total?.count ?? 0
  })
}

function matching(filter: EventFilter | null | undefined): SQL | undefined {
  if (!filter) return undefined
  const { status, kind, organizationId, startsAfter, startsBefore, search } = filter
  const pattern = search ? `%${search.replaceAll(/[\\%_]/g, '\\$&')}%` : null
  return and(
    status ? inArray(events.status, status) : undefined,
    kind ? inArray(events.kind, kind) : undefined,
    organizationId ? eq(events.organizationId, organizationId) : undefined,
    startsAfter ? gte(events.startsAt, startsAfter) : undefined,
    startsBefore ? lt(events.startsAt, startsBefore) : undefined,
    pattern ? or(ilike(events.title, pattern), ilike(events.summary, pattern)) : undefined,
  )
}
