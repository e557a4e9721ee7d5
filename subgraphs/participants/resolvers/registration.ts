import { reference } from '@guildhall/kit/entities'
import { type OpenStep, openSteps } from '../domain/open-steps.ts'
import type { StepTaker } from '../domain/registration-status.ts'
import { isBlind, isHidden } from '../forms/visible-answers.ts'
import type { RegistrationResolvers, RegistrationTransitionResolvers } from '../generated/graphql.ts'
import type { Ctx } from '../loaders.ts'
import { standing } from '../standing.ts'
import type { RegistrationRow } from '../tables.ts'

export const Registration: RegistrationResolvers = {
  __resolveReference: async ({ id }, ctx) => ctx.loaders.registration.load(id),
  event: (registration) => reference('Event', registration.eventId),
  participant: async (registration, _, ctx) =>
    (await isBlind(ctx, registration)) ? null : reference('User', registration.userId),
  waitlistPosition: (registration, _, ctx) =>
    registration.status === 'WAITLISTED' ? ctx.loaders.waitlistPosition.load(registration) : null,
  history: (registration, _, ctx) => ctx.loaders.history.load(registration.id),
  availableTransitions: async (registration, _, ctx) => {
    const event = await ctx.loaders.eventSeats.load(registration.eventId)
    return openSteps(registration, event, await takersFor(ctx, registration), ctx.now()).flatMap(shown)
  },
}

export const RegistrationTransition: RegistrationTransitionResolvers = {
  actor: async ({ registrationId, actorId }, _, ctx) =>
    (await isHidden(ctx, registrationId, actorId)) ? null : reference('User', actorId),
}

async function takersFor(ctx: Ctx, registration: RegistrationRow): Promise<StepTaker[]> {
  const { organizationId, eventId } = registration
  const takers: StepTaker[] = []
  if (registration.userId === ctx.viewer?.userId) takers.push('PARTICIPANT')
  const event = { organizationId, id: eventId }
  if (ctx.viewer && (await standing.can(ctx, 'participants:review', event))) takers.push('REVIEWER')
  if (ctx.viewer && (await standing.can(ctx, 'participants:manage', event))) takers.push('ORGANIZER')
  return takers
}

const shown = ({ to, mutation, needsReason = false, blockedBy }: OpenStep) =>
  mutation ? [{ to, mutation, isReasonRequired: needsReason, blockedBy }] : []
