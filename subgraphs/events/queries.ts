import { type Connection, connection, keyset, type OrderKey } from '@guildhall/kit/paging'
import { and, count, eq, getTableColumns, gt, gte, inArray, lt, lte, or, type SQL, sql } from 'drizzle-orm'
import type { EventFilter, EventPhase, QueryEventsArgs } from './generated/graphql.ts'
import type { Ctx } from './loaders.ts'
import { within } from './near.ts'
import { byRelevance, eventsByStart, orderOf, type RankedEvent } from './order.ts'
import { matchingWords, relevanceOf } from './search.ts'
import { type EventRow, events } from './tables.ts'
import { listedFor, runBy } from './visibility.ts'

/** The list behind `Query.events`. */
export async function listEvents(ctx: Ctx, args: QueryEventsArgs): Promise<Connection<EventRow>> {
  const page = { first: args.first ?? 20, after: args.after }
  const text = args.filter?.search?.trim() || null
  const isRanked = args.orderBy?.field === 'RELEVANCE' && text !== null
  const keys: readonly OrderKey<RankedEvent>[] = isRanked
    ? byRelevance(text)
    : args.orderBy
      ? orderOf(args.orderBy)
      : eventsByStart
  const set = keyset('Query.events', keys, page)
  const where = and(listedFor(ctx), matching(ctx, args.filter, text))
  const rows = await ctx.db
    .select({ ...getTableColumns(events), relevance: isRanked ? relevanceOf(text) : sql<number>`0` })
    .from(events)
    .where(and(where, set.where))
    .orderBy(...set.orderBy)
    .limit(set.limit)
  return connection('Query.events', keys, page, rows, async () => {
    const [total] = await ctx.db.select({ count: count() }).from(events).where(where)
    return total?.count ?? 0
  })
}

function matching(ctx: Ctx, filter: EventFilter | null | undefined, text: string | null): SQL | undefined {
  if (!filter) return undefined
  const { status, kind, phase, organizationId, seriesId, startsAfter, startsBefore, endsAfter } = filter
  return and(
    status ? inArray(events.status, status) : undefined,
    kind ? inArray(events.kind, kind) : undefined,
    phase ? inPhases(phase, ctx.now()) : undefined,
    organizationId ? eq(events.organizationId, organizationId) : undefined,
    seriesId ? eq(events.seriesId, seriesId) : undefined,
    startsAfter ? gte(events.startsAt, startsAfter) : undefined,
    startsBefore ? lt(events.startsAt, startsBefore) : undefined,
    endsAfter ? gt(events.endsAt, endsAfter) : undefined,
    filter.near ? within(filter.near) : undefined,
    filter.isMine == null ? undefined : filter.isMine ? runBy(ctx) : sql`not (${runBy(ctx)})`,
    text ? matchingWords(text) : undefined,
  )
}

/** By the clock alone, as `phaseOf` says of one event. */
const inPhases = (phases: readonly EventPhase[], now: Date): SQL | undefined =>
  phases.length === 0
    ? sql`false`
    : or(
        phases.includes('UPCOMING') ? gt(events.startsAt, now) : undefined,
        phases.includes('ONGOING') ? and(lte(events.startsAt, now), gt(events.endsAt, now)) : undefined,
        phases.includes('ENDED') ? lte(events.endsAt, now) : undefined,
      )
