import { pushIterator } from '@guildhall/kit/push-iterator'
import type { PrincipalChange, SubscriptionResolvers } from '../generated/graphql.ts'

export const Subscription: SubscriptionResolvers = {
  principalChanged: {
    subscribe: (_, __, ctx) =>
      pushIterator<{ principalChanged: PrincipalChange }>((sink) =>
        ctx.signals.listen('principal', (userId) =>
          sink.push({ principalChanged: { userId: userId ?? '', sessionId: null } }),
        ),
      ),
  },
}
