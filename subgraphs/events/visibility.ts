import type { Context } from '@guildhall/kit/context'
import { and, eq, inArray, ne, or, type SQL, sql } from 'drizzle-orm'
import type { PgColumn } from 'drizzle-orm/pg-core'
import { standing } from './standing.ts'
import { eventMemberships, events } from './tables.ts'

/** Which events a caller may see at all: published ones that are not internal, the organization's, and those they help with. */
export function visibleTo(ctx: Context): SQL | undefined {
  if (ctx.caller.kind === 'service') return undefined
  const member = Object.keys(ctx.viewer?.grants ?? {})
  const writer = member.filter((organizationId) => ctx.can('events:write', { organizationId }))
  return or(
    and(ne(events.status, 'DRAFT'), ne(events.visibility, 'ORGANIZATION')),
    and(ne(events.status, 'DRAFT'), inArray(events.organizationId, member)),
    inArray(events.organizationId, writer),
    and(ne(events.status, 'DRAFT'), inArray(events.id, standing.objects(ctx, null))),
    inArray(events.id, standing.objects(ctx, 'events:write')),
  )
}

/** What somebody is to an event is seen by themselves and by those who may change the event. */
export function visibleMemberships(ctx: Context): SQL | undefined {
  if (ctx.caller.kind === 'service') return undefined
  if (!ctx.viewer) return sql`false`
  const writer = Object.keys(ctx.viewer.grants).filter((organizationId) =>
    ctx.can('events:write', { organizationId }),
  )
  return or(
    eq(eventMemberships.userId, ctx.viewer.userId),
    inArray(eventMemberships.organizationId, writer),
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
