import type { Context } from '@guildhall/kit/context'
import { and, eq, exists, inArray, ne, or, type SQL, sql } from 'drizzle-orm'
import type { PgColumn } from 'drizzle-orm/pg-core'
import { standing } from './standing.ts'
import { eventMemberships, eventSeries, events } from './tables.ts'

/** Which events a caller may see at all: published ones that are not internal, the organization's, and those they help with. */
export function visibleTo(ctx: Context): SQL | undefined {
  if (ctx.caller.kind === 'service') return undefined
  const member = Object.keys(ctx.viewer?.grants ?? {})
  return or(
    and(ne(events.status, 'DRAFT'), ne(events.visibility, 'ORGANIZATION')),
    and(ne(events.status, 'DRAFT'), inArray(events.organizationId, member)),
    inArray(events.organizationId, writerIn(ctx)),
    and(ne(events.status, 'DRAFT'), inArray(events.id, standing.objects(ctx, null))),
    inArray(events.id, standing.objects(ctx, 'events:write')),
  )
}

/** What somebody is to an event is seen by themselves and by those who may change the event. */
export function visibleMemberships(ctx: Context): SQL | undefined {
  if (ctx.caller.kind === 'service') return undefined
  if (!ctx.viewer) return sql`false`
  return or(
    eq(eventMemberships.userId, ctx.viewer.userId),
    inArray(eventMemberships.organizationId, writerIn(ctx)),
    inArray(eventMemberships.eventId, standing.objects(ctx, 'events:write')),
  )
}

/** Unlisted events are found by their id alone, except by those who belong to the organization. */
export function listedFor(ctx: Context): SQL | undefined {
  if (ctx.caller.kind === 'service') return undefined
  const member = Object.keys(ctx.viewer?.grants ?? {})
  return and(
    visibleTo(ctx),
    or(
      ne(events.visibility, 'UNLISTED'),
      inArray(events.organizationId, member),
      inArray(events.id, standing.objects(ctx, null)),
    ),
  )
}

/** What belongs to an event is seen by those who see the event. */
export function partVisibleTo(ctx: Context, eventId: PgColumn): SQL | undefined {
  const visible = visibleTo(ctx)
  return visible && inArray(eventId, ctx.db.select({ id: events.id }).from(events).where(visible))
}

/** Events that the caller organizes for their organization, or has a role in. */
export const runBy = (ctx: Context): SQL =>
  or(inArray(events.organizationId, writerIn(ctx)), inArray(events.id, standing.objects(ctx, null))) ??
  sql`false`

/** What only those see who may change the event it belongs to. */
export function partWritableBy(ctx: Context, eventId: PgColumn): SQL | undefined {
  if (ctx.caller.kind === 'service') return undefined
  const writable = or(
    inArray(events.organizationId, writerIn(ctx)),
    inArray(events.id, standing.objects(ctx, 'events:write')),
  )
  return inArray(eventId, ctx.db.select({ id: events.id }).from(events).where(writable))
}

/** A series is seen by the organization, and by those who would find one of its events in a list. */
export function visibleSeries(ctx: Context): SQL | undefined {
  if (ctx.caller.kind === 'service') return undefined
  const ofIt = and(eq(events.seriesId, eventSeries.id), listedFor(ctx))
  return or(
    inArray(eventSeries.organizationId, Object.keys(ctx.viewer?.grants ?? {})),
    exists(ctx.db.select({ one: sql`1` }).from(events).where(ofIt)),
  )
}

const writerIn = (ctx: Context): string[] =>
  Object.keys(ctx.viewer?.grants ?? {}).filter((organizationId) =>
    ctx.can('events:write', { organizationId }),
  )
