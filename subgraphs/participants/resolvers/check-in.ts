import { reference } from '@guildhall/kit/entities'
import { payload } from '@guildhall/kit/outcome'
import { type FeedItem, watchScans } from '../check-in/feed.ts'
import { holderOfTicket } from '../check-in/holder-of-ticket.ts'
import { secretOf } from '../check-in/tickets.ts'
import { archiveCheckInList } from '../commands/archive-check-in-list.ts'
import { blockTicket } from '../commands/block-ticket.ts'
import { checkIn } from '../commands/check-in.ts'
import { checkInMany } from '../commands/check-in-many.ts'
import { createCheckInList } from '../commands/create-check-in-list.ts'
import { rotateTicket } from '../commands/rotate-ticket.ts'
import { unblockTicket } from '../commands/unblock-ticket.ts'
import { undoCheckIn } from '../commands/undo-check-in.ts'
import { updateCheckInList } from '../commands/update-check-in-list.ts'
import { qrPayloadOf } from '../domain/ticket-secret.ts'
import type {
  CheckInCountsResolvers,
  CheckInListResolvers,
  CheckInResolvers,
  EventResolvers,
  MutationResolvers,
  QueryResolvers,
  RegistrationResolvers,
  SubscriptionResolvers,
  TicketHolderResolvers,
} from '../generated/graphql.ts'
import type { Ctx } from '../loaders.ts'
import { standing } from '../standing.ts'
import type { RegistrationRow } from '../tables.ts'

export const Query: QueryResolvers = {
  checkInList: (_, { id }, ctx) => ctx.loaders.checkInList.load(id),
  registrationByTicket: (_, { secret }, ctx) => holderOfTicket(ctx, secret),
}

export const Mutation: MutationResolvers = {
  createCheckInList: async (_, { input }, ctx) => payload('checkInList', await createCheckInList(ctx, input)),
  updateCheckInList: async (_, { input }, ctx) => payload('checkInList', await updateCheckInList(ctx, input)),
  archiveCheckInList: async (_, { input }, ctx) =>
    payload('checkInList', await archiveCheckInList(ctx, input)),
  checkIn: async (_, { input }, ctx) => {
    const outcome = await checkIn(ctx, input)
    return outcome.ok ? outcome.value : { checkIn: null, userErrors: outcome.failures }
  },
  checkInMany: async (_, { input }, ctx) => {
    const { checkIns, userErrors } = payload('checkIns', await checkInMany(ctx, input))
    return { checkIns: checkIns ?? [], userErrors }
  },
  undoCheckIn: async (_, { input }, ctx) => payload('checkIn', await undoCheckIn(ctx, input)),
  rotateTicket: async (_, { input }, ctx) => {
    const { holder, userErrors } = payload('holder', await rotateTicket(ctx, input))
    if (holder) ctx.loaders.ticket.clear(holder.id)
    return { holder, ticket: holder && (await ownTicket(ctx, holder)), userErrors }
  },
  blockTicket: async (_, { input }, ctx) => payload('holder', await blockTicket(ctx, input)),
  unblockTicket: async (_, { input }, ctx) => payload('holder', await unblockTicket(ctx, input)),
}

export const Subscription: SubscriptionResolvers = {
  checkInFeed: {
    subscribe: (_, { listId, after }, ctx) => watchScans(ctx, listId, after),
    resolve: (item: FeedItem) => item,
  },
}

export const Event: EventResolvers = {
  checkInLists: async ({ id }, { first, after }, ctx) => {
    const event = await ctx.loaders.eventSeats.load(id)
    if (!event || !(await standing.can(ctx, 'participants:check_in', event))) return null
    return ctx.loaders.checkInListsOfEvent.load({
      parentId: id,
      page: { first: first ?? 20, after },
      filter: null,
    })
  },
}

export const Registration: RegistrationResolvers = {
  ticket: (registration, _, ctx) => ownTicket(ctx, registration),
  checkedInAt: async ({ id }, _, ctx) => (await ctx.loaders.checkedIn.load(id))[0]?.at ?? null,
}

export const CheckInList: CheckInListResolvers = {
  __resolveReference: async ({ id }, ctx) => ctx.loaders.checkInList.load(id),
  event: ({ eventId }) => reference('Event', eventId),
  counts: async ({ id }, _, ctx) =>
    (await ctx.loaders.checkInCounts.load(id))[0] ?? { listId: id, entered: 0, exited: 0, rejected: 0 },
  checkIns: ({ id }, { filter, first, after }, ctx) =>
    ctx.loaders.checkInsOfList.load({
      parentId: id,
      page: { first: first ?? 20, after },
      filter: filter ?? null,
    }),
  offlineTickets: ({ eventId }, { first, after }, ctx) =>
    ctx.loaders.offlineTickets.load({ eventId, page: { first: first ?? 20, after } }),
}

export const CheckInCounts: CheckInCountsResolvers = {
  enteredCount: ({ entered }) => entered,
  exitedCount: ({ exited }) => exited,
  insideCount: ({ entered, exited }) => entered - exited,
  rejectedCount: ({ rejected }) => rejected,
}

export const CheckIn: CheckInResolvers = {
  __resolveReference: async ({ id }, ctx) => ctx.loaders.checkIn.load(id),
  errorReason: ({ refusal }) => refusal,
  peopleCount: ({ people }) => people,
  device: ({ deviceId }) => deviceId,
  list: ({ listId }, _, ctx) => ctx.loaders.checkInList.load(listId),
  holder: ({ registrationId }, _, ctx) =>
    registrationId === null ? null : ctx.loaders.ticketHolder.load(registrationId),
  outdoneBy: ({ outdoneById }, _, ctx) =>
    outdoneById === null ? null : ctx.loaders.checkIn.load(outdoneById),
  scannedBy: ({ scannedById }) => reference('User', scannedById),
}

export const TicketHolder: TicketHolderResolvers = {
  questions: async ({ formId }, _, ctx) => {
    const fields = formId === null ? [] : await ctx.loaders.fieldsOfForm.load(formId)
    return fields.filter(({ isAskedAtCheckIn }) => isAskedAtCheckIn)
  },
  person: ({ userId }) => reference('User', userId),
}

/** A ticket is shown to whom it belongs and to nobody else, whatever they may see of the registration. */
async function ownTicket(ctx: Ctx, { id, userId, status }: RegistrationRow) {
  if (ctx.viewer?.userId !== userId || (status !== 'CONFIRMED' && status !== 'CHECKED_IN')) return null
  const [ticket] = await ctx.loaders.ticket.load(id)
  const secret = ticket && secretOf(ctx, ticket)
  if (!ticket || !secret) return null
  return {
    secret,
    qrPayload: qrPayloadOf(secret),
    issuedAt: ticket.issuedAt,
    isBlocked: ticket.blockedAt !== null,
  }
}
