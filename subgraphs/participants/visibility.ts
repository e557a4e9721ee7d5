import type { Context } from '@guildhall/kit/context'
import { and, eq, inArray, ne, or, type SQL, sql } from 'drizzle-orm'
import { standing } from './standing.ts'
import { eventSeats, registrations } from './tables.ts'

/** A registration is seen by its participant and by the reviewers of the event. */
export function visibleTo(ctx: Context): SQL | undefined {
  if (ctx.caller.kind === 'service') return undefined
  if (!ctx.viewer) return sql`false`
  return or(
    eq(registrations.userId, ctx.viewer.userId),
    inArray(registrations.organizationId, organizationsWhere(ctx, 'participants:review')),
    inArray(registrations.eventId, standing.objects(ctx, 'participants:review')),
  )
}

/** The same rule by which events shows an event; reviewers see drafts too. */
export function visibleEvents(ctx: Context): SQL | undefined {
  if (ctx.caller.kind === 'service') return undefined
  return or(
    and(
      ne(eventSeats.status, 'DRAFT'),
      or(
        ne(eventSeats.visibility, 'ORGANIZATION'),
        inArray(eventSeats.organizationId, Object.keys(ctx.viewer?.grants ?? {})),
        inArray(eventSeats.id, standing.objects(ctx, null)),
      ),
    ),
    inArray(eventSeats.organizationId, organizationsWhere(ctx, 'participants:review')),
    inArray(eventSeats.id, standing.objects(ctx, 'participants:review')),
  )
}

/** Organizations in which the caller may do this. */
export const organizationsWhere = (ctx: Context, permission: string): string[] =>
  Object.keys(ctx.viewer?.grants ?? {}).filter((organizationId) => ctx.can(permission, { organizationId }))
