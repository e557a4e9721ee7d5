import type { Context } from '@guildhall/kit/context'
import { eq, inArray, or, type SQL, sql } from 'drizzle-orm'
import type { PgColumn } from 'drizzle-orm/pg-core'
import { standing } from '../standing.ts'
import { checkInLists, registrations } from '../tables.ts'

const permission = 'participants:check_in'

/** Lists of the events at whose doors the caller stands. */
export const checkInListsFor = (ctx: Context): SQL | undefined =>
  ofDoors(ctx, checkInLists.organizationId, checkInLists.eventId)

/** Registrations of those events, for what may be known of them at the door. */
export const ticketHoldersFor = (ctx: Context): SQL | undefined =>
  ctx.viewer === null
    ? ofDoors(ctx, registrations.organizationId, registrations.eventId)
    : or(
        eq(registrations.userId, ctx.viewer.userId),
        ofDoors(ctx, registrations.organizationId, registrations.eventId),
      )

/** What belongs to events at whose doors the caller stands. */
export function ofDoors(ctx: Context, organizationId: PgColumn, eventId: PgColumn): SQL | undefined {
  if (ctx.caller.kind === 'service') return undefined
  if (!ctx.viewer) return sql`false`
  const organizations = Object.keys(ctx.viewer.grants).filter((id) =>
    ctx.can(permission, { organizationId: id }),
  )
  return or(inArray(organizationId, organizations), inArray(eventId, standing.objects(ctx, permission)))
}
