import { type Outcome, payload } from '@guildhall/kit/outcome'
import { acceptInvitation } from '../commands/accept-invitation.ts'
import { changeMemberRole } from '../commands/change-member-role.ts'
import { createOrganization } from '../commands/create-organization.ts'
import { declineInvitation } from '../commands/decline-invitation.ts'
import { type Invited, inviteMember } from '../commands/invite-member.ts'
import { leaveOrganization } from '../commands/leave-organization.ts'
import { removeMember } from '../commands/remove-member.ts'
import { resendInvitation } from '../commands/resend-invitation.ts'
import { revokeInvitation } from '../commands/revoke-invitation.ts'
import { updateOrganization } from '../commands/update-organization.ts'
import type { MutationResolvers } from '../generated/graphql.ts'
import { lifeMutations } from './life-mutations.ts'
import { roleMutations } from './role-mutations.ts'
import { teamMutations } from './team-mutations.ts'

export const Mutation: MutationResolvers = {
  ...roleMutations,
  ...teamMutations,
  ...lifeMutations,
  createOrganization: async (_, { input }, ctx) =>
    payload('organization', await createOrganization(ctx, input)),
  updateOrganization: async (_, { input }, ctx) =>
    payload('organization', await updateOrganization(ctx, input)),
  inviteMember: async (_, { input }, ctx) => invitedPayload(await inviteMember(ctx, input)),
  resendInvitation: async (_, { input }, ctx) => invitedPayload(await resendInvitation(ctx, input)),
  acceptInvitation: async (_, { input }, ctx) => payload('member', await acceptInvitation(ctx, input)),
  declineInvitation: async (_, { input }, ctx) => payload('invitation', await declineInvitation(ctx, input)),
  revokeInvitation: async (_, { input }, ctx) => payload('invitation', await revokeInvitation(ctx, input)),
  changeMemberRole: async (_, { input }, ctx) => payload('member', await changeMemberRole(ctx, input)),
  removeMember: async (_, { input }, ctx) => payload('removedMemberId', await removeMember(ctx, input)),
  leaveOrganization: async (_, { input }, ctx) =>
    payload('organization', await leaveOrganization(ctx, input)),
}

function invitedPayload(outcome: Outcome<Invited>) {
  const { invited, userErrors } = payload('invited', outcome)
  return { invitation: invited?.invitation ?? null, token: invited?.token ?? null, userErrors }
}
