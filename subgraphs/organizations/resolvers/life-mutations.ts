import { payload } from '@guildhall/kit/outcome'
import { deleteOrganization } from '../commands/delete-organization.ts'
import { restoreOrganization } from '../commands/restore-organization.ts'
import { transferOwnership } from '../commands/transfer-ownership.ts'
import type { MutationResolvers } from '../generated/graphql.ts'

export const lifeMutations: MutationResolvers = {
  transferOwnership: async (_, { input }, ctx) => payload('member', await transferOwnership(ctx, input)),
  deleteOrganization: async (_, { input }, ctx) =>
    payload('organization', await deleteOrganization(ctx, input)),
  restoreOrganization: async (_, { input }, ctx) =>
    payload('organization', await restoreOrganization(ctx, input)),
}
