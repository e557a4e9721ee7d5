import { pushIterator } from '@guildhall/kit/push-iterator'
import type { PrincipalChange, QueryResolvers, SubscriptionResolvers } from '../generated/graphql.ts'
import { keysChannel } from '../keys/key-ring.ts'
import { verifyingKeys } from '../keys/signing-keys.ts'
import { principalOf } from '../sessions/principal.ts'

export const Query: QueryResolvers = {
  sessionPrincipal: (_, { sessionId }, ctx) => principalOf(ctx, sessionId),
  signingKeys: async (_, __, ctx) => (await verifyingKeys(ctx)).map((jwk) => JSON.stringify(jwk)),
}

export const Subscription: SubscriptionResolvers = {
  principalChanged: {
    subscribe: (_, __, ctx) =>
      pushIterator<{ principalChanged: PrincipalChange }>((sink) => {
        const tell = (userId: string, areKeysChanged: boolean) =>
          sink.push({ principalChanged: { userId, sessionId: null, areKeysChanged } })
        const stops = [
          ctx.signals.listen('principal', (userId) => tell(userId ?? '', false)),
          ctx.signals.listen(keysChannel, () => tell('', true)),
        ]
        return () => {
          for (const stop of stops) stop()
        }
      }),
  },
}
