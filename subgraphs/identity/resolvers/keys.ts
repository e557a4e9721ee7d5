import { payload } from '@guildhall/kit/outcome'
import { revokeSigningKey } from '../commands/revoke-signing-key.ts'
import { rotateSigningKeys } from '../commands/rotate-signing-keys.ts'
import { signingKeyLife } from '../domain/signing-key-life.ts'
import type { MutationResolvers, QueryResolvers, SigningKeyResolvers } from '../generated/graphql.ts'
import { signingKeyRing } from '../queries.ts'

export const Query: QueryResolvers = {
  signingKeyRing: (_, __, ctx) => signingKeyRing(ctx),
}

export const Mutation: MutationResolvers = {
  rotateSigningKeys: async (_, { input }, ctx) => payload('signingKey', await rotateSigningKeys(ctx, input)),
  revokeSigningKey: async (_, { input }, ctx) => payload('signingKey', await revokeSigningKey(ctx, input)),
}

export const SigningKey: SigningKeyResolvers = {
  nextStatuses: ({ status }) => signingKeyLife[status].map(({ to }) => to),
}
