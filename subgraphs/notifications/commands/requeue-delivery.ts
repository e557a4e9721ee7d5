import { isId } from '@guildhall/kit/ids'
import { done, failed, type Outcome } from '@guildhall/kit/outcome'
import { illegalTransition, sourcesOf } from '@guildhall/kit/state-machine'
import { and, eq, inArray } from 'drizzle-orm'
import contract from '../contract.ts'
import { deliverySignal } from '../deliveries/enqueue.ts'
import { deliveryLife } from '../domain/delivery.ts'
import type { RequeueDeliveryInput } from '../generated/graphql.ts'
import type { Ctx } from '../loaders.ts'
import { deliveries, type NotificationDeliveryRow } from '../tables.ts'

/** Has a delivery tried again that was given up, with as many attempts as a new one. */
export async function requeueDelivery(
  ctx: Ctx,
  input: RequeueDeliveryInput,
): Promise<Outcome<NotificationDeliveryRow>> {
  ctx.require('notifications:operate', { organizationId: null })
  const notFound = contract.failure('NOT_FOUND', 'There is no such delivery.', ['input', 'id'])
  if (!isId('dlv', input.id)) return failed(notFound)
  return ctx.transaction(
    'requeueDelivery',
    async (tx) => {
      const now = ctx.now()
      const [requeued] = await tx
        .update(deliveries)
        .set({ status: 'PENDING', reason: null, attempts: 0, nextAt: now, changedAt: now })
        .where(
          and(eq(deliveries.id, input.id), inArray(deliveries.status, sourcesOf(deliveryLife, 'PENDING'))),
        )
        .returning()
      if (requeued) {
        tx.afterCommit(() => ctx.signals.send(deliverySignal, ['due']))
        return done(requeued)
      }
      const [found] = await tx.select().from(deliveries).where(eq(deliveries.id, input.id))
      return failed(
        found ? illegalTransition(deliveryLife, found.status, 'PENDING', ['input', 'id']) : notFound,
      )
    },
    {},
    input,
  )
}
