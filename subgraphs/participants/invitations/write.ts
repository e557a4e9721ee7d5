import { anyOf } from '@guildhall/kit/any-of'
import type { Context, Transaction } from '@guildhall/kit/context'
import { idOf } from '@guildhall/kit/ids'
import { insertRows } from '@guildhall/kit/insert-rows'
import { and, asc, eq, lte, sql } from 'drizzle-orm'
import { invitationEnd } from '../domain/invitation.ts'
import { hashOf, randomToken } from '../domain/token.ts'
import { type EventInvitationRow, type EventSeatsRow, eventInvitations } from '../tables.ts'
import { sendInvitations } from './mail.ts'

/**
 * Writes invitations and their mails, for addresses without an open one. Addresses are locked in their order, so that
 * rivals do not wait for each other in a circle; statements are as many for one address as for hundreds.
 *
 * @returns the ids of the new ones.
 */
export async function writeInvitations(
  ctx: Context,
  tx: Transaction,
  event: EventSeatsRow,
  terms: Pick<EventInvitationRow, 'formId' | 'isApprovalSkipped' | 'isEmailLocked'>,
  addresses: readonly string[],
): Promise<string[]> {
  if (addresses.length === 0) return []
  const now = ctx.now()
  await expire(tx, event.id, addresses, now)
  const drafts = addresses.toSorted().map((email) => ({ token: randomToken(), id: ctx.newId('ein'), email }))
  const rows = drafts.map(({ token, id, email }) => ({
    id,
    eventId: event.id,
    organizationId: event.organizationId,
    formId: terms.formId,
    email,
    state: 'PENDING' as const,
    isApprovalSkipped: terms.isApprovalSkipped,
    isEmailLocked: terms.isEmailLocked,
    tokenHash: hashOf(token),
    expiresAt: invitationEnd(now),
    createdAt: now,
    updatedAt: now,
  }))
  const written = await tx.execute<{ id: string }>(sql`
    ${insertRows(eventInvitations, rows)}
    on conflict (event_id, email) where state = 'PENDING' do nothing returning id`)
  const ids = new Set([...written].map(({ id }) => idOf('ein', id)))
  const letters = drafts.filter(({ id }) => ids.has(id))
  const expiresAt = invitationEnd(now)
  await sendInvitations(
    ctx,
    tx,
    event,
    letters.map(({ email, token }) => ({ email, token, expiresAt })),
  )
  return letters.map(({ id }) => id)
}

/** Makes room for new invitations of addresses that have not answered in time. */
async function expire(
  tx: Transaction,
  eventId: string,
  addresses: readonly string[],
  now: Date,
): Promise<void> {
  const late = await tx
    .select({ id: eventInvitations.id })
    .from(eventInvitations)
    .where(
      and(
        eq(eventInvitations.eventId, eventId),
        anyOf(eventInvitations.email, addresses),
        eq(eventInvitations.state, 'PENDING'),
        lte(eventInvitations.expiresAt, now),
      ),
    )
    .orderBy(asc(eventInvitations.email))
    .for('update')
  if (late.length === 0) return
  const ids = late.map(({ id }) => id)
  await tx
    .update(eventInvitations)
    .set({ state: 'EXPIRED', updatedAt: now })
    .where(anyOf(eventInvitations.id, ids))
}
