import { type Outcome, payload } from '@guildhall/kit/outcome'
import { acceptOffer } from '../commands/accept-offer.ts'
import { approveRegistration } from '../commands/approve-registration.ts'
import { approveRegistrations } from '../commands/approve-registrations.ts'
import { declineOffer } from '../commands/decline-offer.ts'
import { registerForEvent } from '../commands/register-for-event.ts'
import { rejectRegistration } from '../commands/reject-registration.ts'
import { rejectRegistrations } from '../commands/reject-registrations.ts'
import { withdrawRegistration } from '../commands/withdraw-registration.ts'
import type { MutationResolvers } from '../generated/graphql.ts'
import type { Reviewed } from '../review.ts'

export const Mutation: MutationResolvers = {
  registerForEvent: async (_, { input }, ctx) => payload('registration', await registerForEvent(ctx, input)),
  withdrawRegistration: async (_, { input }, ctx) =>
    payload('registration', await withdrawRegistration(ctx, input)),
  acceptOffer: async (_, { input }, ctx) => payload('registration', await acceptOffer(ctx, input)),
  declineOffer: async (_, { input }, ctx) => payload('registration', await declineOffer(ctx, input)),
  approveRegistration: async (_, { input }, ctx) =>
    payload('registration', await approveRegistration(ctx, input)),
  approveRegistrations: async (_, { input }, ctx) => reviewPayload(await approveRegistrations(ctx, input)),
  rejectRegistration: async (_, { input }, ctx) =>
    payload('registration', await rejectRegistration(ctx, input)),
  rejectRegistrations: async (_, { input }, ctx) => reviewPayload(await rejectRegistrations(ctx, input)),
}

/** What became of each, or why nothing was tried. */
export const reviewPayload = (outcome: Outcome<Reviewed>) =>
  outcome.ok
    ? { ...outcome.value, userErrors: [] }
    : { succeeded: [], failed: [], userErrors: outcome.failures }
