import { RateLimited } from '@guildhall/kit/errors'
import { done, failed, type Outcome } from '@guildhall/kit/outcome'
import { and, eq } from 'drizzle-orm'
import contract from '../contract.ts'
import { noticeOfTest } from '../domain/test-notice.ts'
import { unknownReader } from '../domain/texts.ts'
import type { SendTestNotificationInput } from '../generated/graphql.ts'
import { deliver } from '../inbox/deliver.ts'
import type { Ctx } from '../loaders.ts'
import { notifications, persons } from '../tables.ts'

/** Tells the caller that they asked for it, by the way that all notifications go. */
export async function sendTestNotification(
  ctx: Ctx,
  input: SendTestNotificationInput,
): Promise<Outcome<{ notificationId: string }>> {
  const { userId } = ctx.requireViewer()
  const { channel, deviceId = null } = input
  const path = ['input', 'deviceId']
  if (deviceId !== null && channel !== 'PUSH')
    return failed(contract.failure('INVALID_VALUE', 'Only what is pushed goes to a device.', path))
  if (deviceId !== null && !(await ctx.loaders.device.load(deviceId)))
    return failed(contract.failure('NOT_FOUND', 'You have no such device.', path))
  return ctx.transaction(
    'sendTestNotification',
    async (tx) => {
      const [reader = unknownReader] = await tx.select().from(persons).where(eq(persons.id, userId))
      const cause = ctx.newId('ntf')
      await deliver(tx, ctx, cause, [noticeOfTest(userId, { channel, deviceId }, reader)])
      const [made] = await tx
        .select({ notificationId: notifications.id })
        .from(notifications)
        .where(and(eq(notifications.recipientId, userId), eq(notifications.cause, cause)))
      // Of rivals the unique key of `repeat` lets one through.
      if (!made) throw new RateLimited('A test went there less than a minute ago.')
      return done(made)
    },
    {},
    input,
  )
}
