import eventsContract, { eventPublished } from '@guildhall/events/contract'
import { registrationRepeated, securityRecorded, userRegistered } from '@guildhall/identity/contract'
import type { Transaction } from '@guildhall/kit/context'
import type { EventContract } from '@guildhall/kit/contract'
import { type Envelope, type Reaction, reactTo } from '@guildhall/kit/events/envelope'
import { isId } from '@guildhall/kit/ids'
import {
  invitationCreated,
  membershipChanged,
  organizationClosing,
  organizationRestored,
} from '@guildhall/organizations/contract'
import {
  registrationCancelled,
  registrationConfirmed,
  registrationOfferExpired,
  registrationOffered,
  registrationRejected,
  registrationWaitlisted,
} from '@guildhall/participants/contract'
import {
  projectMemberJoined,
  projectMemberLeft,
  projectSubmitted,
  projectWithdrawn,
} from '@guildhall/projects/contract'
import { and, eq, inArray } from 'drizzle-orm'
import { sendNextPage } from './announcement-pages.ts'
import { announcementPageSent, announcementQueued } from './contract.ts'
import { deliver } from './deliver.ts'
import type { Notice } from './domain/notice.ts'
import * as notices from './domain/notices.ts'
import { members } from './tables.ts'

export const reactions: readonly Reaction[] = [
  tell(userRegistered, ({ payload }) => notices.welcome(payload)),
  tell(registrationRepeated, ({ payload }) => notices.registrationRepeated(payload)),
  tell(securityRecorded, ({ payload }) => notices.security(payload)),
  tell(membershipChanged, async ({ payload }, tx) => {
    await remember(tx, payload)
    return notices.membership(payload)
  }),
  tell(invitationCreated, ({ payload }) => notices.invited(payload)),
  // That it has ended is told with the end of each membership.
  tell(organizationClosing, async ({ payload }, tx) =>
    notices.closing(payload, await membersOf(tx, payload.organizationId)),
  ),
  tell(organizationRestored, async ({ payload }, tx) =>
    notices.restored(payload, await membersOf(tx, payload.organizationId)),
  ),
  tell(eventPublished, async (event, tx) =>
    notices.published(event.payload, await organizersOf(tx, event.payload.organizationId), personOf(event)),
  ),
  tell(registrationConfirmed, ({ payload }) => notices.registration('registration.confirmed', payload)),
  tell(registrationWaitlisted, ({ payload }) => notices.registration('registration.waitlisted', payload)),
  tell(registrationOffered, ({ payload }) =>
    notices.registration('registration.offered', payload, `Accept it before ${payload.offerExpiresAt}.`),
  ),
  tell(registrationOfferExpired, ({ payload }) =>
    notices.registration('registration.offer_expired', payload),
  ),
  tell(registrationRejected, ({ payload }) =>
    notices.registration('registration.rejected', payload, payload.reason),
  ),
  tell(registrationCancelled, ({ payload }) =>
    notices.registration('registration.cancelled', payload, payload.reason),
  ),
  tell(projectMemberJoined, ({ payload }) => notices.project('project.joined', payload, [payload.userId])),
  tell(projectMemberLeft, ({ payload }) => notices.project('project.left', payload, [payload.userId])),
  tell(projectSubmitted, ({ payload }) => notices.project('project.submitted', payload, payload.memberIds)),
  tell(projectWithdrawn, ({ payload }) =>
    notices.project('project.withdrawn', payload, payload.memberIds, payload.reason),
  ),
  reactTo(announcementQueued, {
    apply: (tx, { payload }, ctx) => sendNextPage(tx, ctx, payload.announcementId),
  }),
  reactTo(announcementPageSent, {
    apply: (tx, { payload }, ctx) => sendNextPage(tx, ctx, payload.announcementId),
  }),
]

/** Puts what an event gives people to know into their inboxes. */
function tell<Payload>(
  contract: EventContract<Payload>,
  noticesOf: (event: Envelope<Payload>, tx: Transaction) => Notice[] | Promise<Notice[]>,
): Reaction {
  return reactTo(contract, {
    apply: async (tx, event, ctx) => {
      await deliver(tx, ctx, event.id, await noticesOf(event, tx))
    },
  })
}

/** Keeps the list of members that tells us later whom an organization and its events concern. */
async function remember(
  tx: Transaction,
  { organizationId, userId, role }: { organizationId: string; userId: string; role: string | null },
): Promise<void> {
  if (role === null) {
    await tx
      .delete(members)
      .where(and(eq(members.organizationId, organizationId), eq(members.userId, userId)))
    return
  }
  await tx
    .insert(members)
    .values({ organizationId, userId, role })
    .onConflictDoUpdate({ target: [members.organizationId, members.userId], set: { role } })
}

async function membersOf(tx: Transaction, organizationId: string): Promise<string[]> {
  const rows = await tx
    .select({ userId: members.userId })
    .from(members)
    .where(eq(members.organizationId, organizationId))
  return rows.map((row) => row.userId)
}

/** Those who may write the organization's events, by the roles that hold it from the start. */
async function organizersOf(tx: Transaction, organizationId: string): Promise<string[]> {
  const roles = eventsContract.permissions['events:write']?.heldBy ?? []
  const rows = await tx
    .select({ userId: members.userId })
    .from(members)
    .where(and(eq(members.organizationId, organizationId), inArray(members.role, [...roles])))
  return rows.map((row) => row.userId)
}

/** The person behind an event, if it was one. */
const personOf = ({ actor }: Envelope<unknown>): string | null =>
  actor !== null && isId('usr', actor) ? actor : null
