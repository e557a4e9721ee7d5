import { asReference, reference } from '@guildhall/kit/entities'
import { payload } from '@guildhall/kit/outcome'
import { declineEventInvitation } from '../commands/decline-event-invitation.ts'
import { inviteToEvent } from '../commands/invite-to-event.ts'
import { revokeEventInvitation } from '../commands/revoke-event-invitation.ts'
import { stateAt } from '../domain/invitation.ts'
import { isManager } from '../forms/rights.ts'
import type {
  EventInvitationResolvers,
  EventResolvers,
  MutationResolvers,
  QueryResolvers,
} from '../generated/graphql.ts'
import { invitationByToken } from '../invitations/loaders.ts'

export const Query: QueryResolvers = {
  eventInvitation: (_, { token }, ctx) => invitationByToken(ctx, token),
}

export const Mutation: MutationResolvers = {
  inviteToEvent: async (_, { input }, ctx) => {
    const outcome = await inviteToEvent(ctx, input)
    return outcome.ok
      ? { ...outcome.value, userErrors: [] }
      : { invited: [], failed: [], userErrors: outcome.failures }
  },
  declineEventInvitation: async (_, { input }, ctx) =>
    payload('invitation', await declineEventInvitation(ctx, input)),
  revokeEventInvitation: async (_, { input }, ctx) =>
    payload('invitation', await revokeEventInvitation(ctx, input)),
}

export const Event: EventResolvers = {
  __resolveReference: asReference,
  invitations: async ({ id }, { filter, first, after }, ctx) => {
    const event = await ctx.loaders.eventSeats.load(id)
    if (!event || !(await isManager(ctx, { organizationId: event.organizationId, eventId: id }))) return null
    const state = filter?.state ?? null
    const page = { first: first ?? 20, after }
    return ctx.loaders.invitationsOfEvent.load({ parentId: id, page, filter: { state } })
  },
}

export const EventInvitation: EventInvitationResolvers = {
  __resolveReference: ({ id }, ctx) => ctx.loaders.eventInvitation.load(id),
  email: async (invitation, _, ctx) => ((await isManager(ctx, invitation)) ? invitation.email : null),
  state: (invitation, _, ctx) => stateAt(invitation, ctx.now()),
  event: ({ eventId }) => reference('Event', eventId),
  // Whoever is no manager got here with the token, which opens the form as long as it is good.
  form: async (invitation, _, ctx) => {
    const isOpen = stateAt(invitation, ctx.now()) === 'PENDING'
    if (!isOpen) return ctx.loaders.registrationForm.load(invitation.formId)
    const event = await ctx.loaders.eventSeats.load(invitation.eventId)
    return event && ctx.loaders.anyRegistrationForm.load(invitation.formId)
  },
  registration: ({ registrationId }, _, ctx) =>
    registrationId === null ? null : ctx.loaders.registration.load(registrationId),
}
