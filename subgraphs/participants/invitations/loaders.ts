import type { Context } from '@guildhall/kit/context'
import { byId } from '@guildhall/kit/loaders'
import { pagesByParent } from '@guildhall/kit/nested-pages'
import { and, eq, gt, inArray, lte, or, type SQL, sql } from 'drizzle-orm'
import type { InvitationState } from '../domain/invitation.ts'
import { hashOf } from '../domain/token.ts'
import { standing } from '../standing.ts'
import { type EventInvitationRow, eventInvitations } from '../tables.ts'
import { organizationsWhere } from '../visibility.ts'

/** Invitations are seen by managers; by others one by one, with the token. */
export const invitationLoaders = (ctx: Context) => ({
  eventInvitation: byId<EventInvitationRow>(ctx, 'ein', eventInvitations, managedBy(ctx)),
  invitationsOfEvent: pagesByParent<EventInvitationRow, { state: InvitationState | null }>(ctx, {
    list: 'Event.invitations',
    table: eventInvitations,
    parent: eventInvitations.eventId,
    parentOf: (row) => row.eventId,
    keys: [
      { column: eventInvitations.createdAt, direction: 'DESC', value: (row) => row.createdAt },
      { column: eventInvitations.id, direction: 'DESC', value: (row) => row.id },
    ],
    where: ({ state }) => and(managedBy(ctx), state ? inState(state, ctx.now()) : undefined),
  }),
})

/** The invitation that a token was made for, whatever has become of it. */
export async function invitationByToken(ctx: Context, token: string): Promise<EventInvitationRow | null> {
  const [invitation] = await ctx.db
    .select()
    .from(eventInvitations)
    .where(eq(eventInvitations.tokenHash, hashOf(token)))
  return invitation ?? null
}

function managedBy(ctx: Context): SQL | undefined {
  if (ctx.caller.kind === 'service') return undefined
  if (!ctx.viewer) return sql`false`
  return or(
    inArray(eventInvitations.organizationId, organizationsWhere(ctx, 'participants:manage')),
    inArray(eventInvitations.eventId, standing.objects(ctx, 'participants:manage')),
  )
}

/** The same as `stateAt`, for lists. */
function inState(state: InvitationState, now: Date): SQL | undefined {
  const { state: kept, expiresAt } = eventInvitations
  if (state === 'PENDING') return and(eq(kept, state), gt(expiresAt, now))
  if (state !== 'EXPIRED') return eq(kept, state)
  return or(eq(kept, state), and(eq(kept, 'PENDING'), lte(expiresAt, now)))
}
