import { reference } from '@guildhall/kit/entities'
import { locationOf } from '../domain/event-draft.ts'
import { eventLife, guardsOf, phaseOf } from '../domain/event-status.ts'
import type { EventResolvers, EventTransitionResolvers } from '../generated/graphql.ts'
import { standing } from '../standing.ts'

export const Event: EventResolvers = {
  __resolveReference: async ({ id }, ctx) => ctx.loaders.event.load(id),
  location: (event) => locationOf(event),
  phase: (event, _, ctx) => phaseOf(event, ctx.now()),
  organization: (event) => reference('Organization', event.organizationId),
  createdBy: (event) => reference('User', event.createdById),
  history: (event, _, ctx) => ctx.loaders.history.load(event.id),
  availableTransitions: async (event, _, ctx) => {
    if (!(await standing.can(ctx, 'events:write', event))) return []
    return eventLife[event.status].map(({ to, needsReason = false }) => ({
      to,
      isReasonRequired: needsReason,
      blockedBy: guardsOf(event, to, ctx.now()).map((failure) => failure.code),
    }))
  },
}

export const EventTransition: EventTransitionResolvers = {
  actor: (transition) => reference('User', transition.actorId),
}
