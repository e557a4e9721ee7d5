import { payload } from '@guildhall/kit/outcome'
import { acceptInvitation } from '../commands/accept-invitation.ts'
import { changeMemberRole } from '../commands/change-member-role.ts'
import { createOrganization } from '../commands/create-organization.ts'
import { declineInvitation } from '../commands/decline-invitation.ts'
import { inviteMember } from '../commands/invite-member.ts'
import { leaveOrganization } from '../commands/leave-organization.ts'
import { removeMember } from '../commands/remove-member.ts'
import { revokeInvitation } from '../commands/revoke-invitation.ts'
import { updateOrganization } from '../commands/update-organization.ts'
import type { MutationResolvers } from '../generated/graphql.ts'
import { roleMutations } from './role-mutations.ts'
import { teamMutations } from './team-mutations.ts'

export const Mutation: MutationResolvers = {
  ...roleMutations,
  ...teamMutations,
  createOrganization: async (_, { input }, ctx) =>
    payload('organization', await createOrganization(ctx, input)),
  updateOrganization: async (_, { input }, ctx) =>
    payload('organization', await updateOrganization(ctx, input)),
  inviteMember: async (_, { input }, ctx) => {
    const { invited, userErrors } = payload('invited', await inviteMember(ctx, input))
    return { invitation: invited?.invitation ?? null, token: invited?.token ?? null, userErrors }
  },
  acceptInvitation: async (_, { input }, ctx) => payload('member', await acceptInvitation(ctx, input)),
  declineInvitation: async (_, { input }, ctx) => payload('invitation', await declineInvitation(ctx, input)),
  revokeInvitation: async (_, { input }, ctx) => payload('invitation', await revokeInvitation(ctx, input)),
  changeMemberRole: async (_, { input }, ctx) => payload('member', await changeMemberRole(ctx, input)),
  removeMember: async (_, { input }, ctx) => payload('removedMemberId', await removeMember(ctx, input)),
  leaveOrganization: async (_, { input }, ctx) =>
    payload('organization', await leaveOrganization(ctx, input)),
}
