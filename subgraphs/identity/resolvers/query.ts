import type { QueryResolvers } from '../generated/graphql.ts'
import { sessionPrincipal, userIdByEmail } from '../queries.ts'
import { verifyingKeys } from '../signing-keys.ts'

export const Query: QueryResolvers = {
  me: (_, __, ctx) => (ctx.viewer ? ctx.loaders.user.load(ctx.viewer.userId) : null),
  user: (_, { id }, ctx) => ctx.loaders.user.load(id),
  sessionPrincipal: (_, { sessionId }, ctx) => sessionPrincipal(ctx, sessionId),
  signingKeys: async (_, __, ctx) => (await verifyingKeys(ctx)).map((jwk) => JSON.stringify(jwk)),
  userIdByEmail: (_, { email }, ctx) => userIdByEmail(ctx, email),
}
