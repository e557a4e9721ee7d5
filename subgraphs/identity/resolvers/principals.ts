import { pushIterator } from '@guildhall/kit/push-iterator'
import type { PrincipalChange, QueryResolvers, SubscriptionResolvers } from '../generated/graphql.ts'
import { principalOf } from '../principal.ts'
import { verifyingKeys } from '../signing-keys.ts'

export const Query: QueryResolvers = {
  sessionPrincipal: (_, { sessionId }, ctx) => principalOf(ctx, sessionId),
  signingKeys: async (_, __, ctx) => (await verifyingKeys(ctx)).map((jwk) => JSON.stringify(jwk)),
}

export const Subscription: SubscriptionResolvers = {
  principalChanged: {
    subscribe: (_, __, ctx) =>
      pushIterator<{ principalChanged: PrincipalChange }>((sink) =>
        ctx.signals.listen('principal', (userId) =>
          sink.push({ principalChanged: { userId: userId ?? '', sessionId: null, areKeysChanged: false } }),
        ),
      ),
  },
}
