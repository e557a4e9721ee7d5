import { reference } from '@guildhall/kit/entities'
import { type Outcome, payload } from '@guildhall/kit/outcome'
import { createApiKey } from '../commands/create-api-key.ts'
import { createServiceAccount } from '../commands/create-service-account.ts'
import { deleteServiceAccount } from '../commands/delete-service-account.ts'
import { issueServiceToken } from '../commands/issue-service-token.ts'
import { revokeApiKey } from '../commands/revoke-api-key.ts'
import { rotateApiKey } from '../commands/rotate-api-key.ts'
import { isLive } from '../domain/api-key.ts'
import type {
  ApiKeyResolvers,
  MutationResolvers,
  QueryResolvers,
  ServiceAccountResolvers,
} from '../generated/graphql.ts'
import type { IssuedKey } from '../machines/insert-api-key.ts'
import { listServiceAccounts } from '../machines/list-service-accounts.ts'
import { principalOfApiKey } from '../sessions/principal.ts'
import { userOf } from './user-of.ts'

export const Query: QueryResolvers = {
  apiKeyPrincipal: (_, { keyHash }, ctx) => principalOfApiKey(ctx, keyHash),
  serviceAccounts: (_, args, ctx) => listServiceAccounts(ctx, args),
}

export const Mutation: MutationResolvers = {
  createApiKey: async (_, { input }, ctx) => issuedPayload(await createApiKey(ctx, input)),
  rotateApiKey: async (_, { input }, ctx) => issuedPayload(await rotateApiKey(ctx, input)),
  revokeApiKey: async (_, { input }, ctx) => payload('apiKey', await revokeApiKey(ctx, input)),
  issueServiceToken: async (_, { input }, ctx) => payload('token', await issueServiceToken(ctx, input)),
  createServiceAccount: async (_, { input }, ctx) =>
    payload('serviceAccount', await createServiceAccount(ctx, input)),
  deleteServiceAccount: async (_, { input }, ctx) =>
    payload('removedServiceAccountId', await deleteServiceAccount(ctx, input)),
}

export const ApiKey: ApiKeyResolvers = {
  __resolveReference: ({ id }, ctx) => ctx.loaders.apiKey.load(id),
  user: ({ userId }, _, ctx) => userOf(ctx, userId),
  createdBy: ({ createdById }, _, ctx) => userOf(ctx, createdById),
  organization: ({ organizationId }) => reference('Organization', organizationId),
  isActive: (key, _, ctx) => isLive(key, ctx.now()),
}

export const ServiceAccount: ServiceAccountResolvers = {
  __resolveReference: ({ id }, ctx) => ctx.loaders.serviceAccount.load(id),
  user: ({ userId }, _, ctx) => userOf(ctx, userId),
  createdBy: ({ createdById }, _, ctx) => userOf(ctx, createdById),
  organization: ({ organizationId }) => reference('Organization', organizationId),
  apiKeys: ({ userId }, _, ctx) => ctx.loaders.apiKeysOfUser.load(userId),
}

function issuedPayload(outcome: Outcome<IssuedKey>) {
  const { issued, userErrors } = payload('issued', outcome)
  return { apiKey: issued?.apiKey ?? null, key: issued?.key ?? null, userErrors }
}
