import { payload } from '@guildhall/kit/outcome'
import { createRole } from '../commands/create-role.ts'
import { deleteRole } from '../commands/delete-role.ts'
import { grantRole } from '../commands/grant-role.ts'
import { revokeRole } from '../commands/revoke-role.ts'
import { updateRole } from '../commands/update-role.ts'
import type { MutationResolvers } from '../generated/graphql.ts'

export const roleMutations: MutationResolvers = {
  createRole: async (_, { input }, ctx) => payload('customRole', await createRole(ctx, input)),
  updateRole: async (_, { input }, ctx) => payload('customRole', await updateRole(ctx, input)),
  deleteRole: async (_, { input }, ctx) => payload('removedRoleId', await deleteRole(ctx, input)),
  grantRole: async (_, { input }, ctx) => payload('roleBinding', await grantRole(ctx, input)),
  revokeRole: async (_, { input }, ctx) => payload('removedRoleBindingId', await revokeRole(ctx, input)),
}
