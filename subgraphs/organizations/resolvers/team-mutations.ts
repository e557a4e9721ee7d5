import { payload } from '@guildhall/kit/outcome'
import { addTeamMember } from '../commands/add-team-member.ts'
import { changeTeamMemberRole } from '../commands/change-team-member-role.ts'
import { createTeam } from '../commands/create-team.ts'
import { deleteTeam } from '../commands/delete-team.ts'
import { removeTeamMember } from '../commands/remove-team-member.ts'
import { updateTeam } from '../commands/update-team.ts'
import type { MutationResolvers } from '../generated/graphql.ts'

export const teamMutations: MutationResolvers = {
  createTeam: async (_, { input }, ctx) => payload('team', await createTeam(ctx, input)),
  updateTeam: async (_, { input }, ctx) => payload('team', await updateTeam(ctx, input)),
  deleteTeam: async (_, { input }, ctx) => payload('removedTeamId', await deleteTeam(ctx, input)),
  addTeamMember: async (_, { input }, ctx) => payload('teamMember', await addTeamMember(ctx, input)),
  removeTeamMember: async (_, { input }, ctx) => payload('team', await removeTeamMember(ctx, input)),
  changeTeamMemberRole: async (_, { input }, ctx) =>
    payload('teamMember', await changeTeamMemberRole(ctx, input)),
}
