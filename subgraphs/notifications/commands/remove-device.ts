import { isId } from '@guildhall/kit/ids'
import { done, failed, type Outcome } from '@guildhall/kit/outcome'
import { and, eq } from 'drizzle-orm'
import contract from '../contract.ts'
import type { RemoveDeviceInput } from '../generated/graphql.ts'
import type { Ctx } from '../loaders.ts'
import { devices } from '../tables.ts'

/** Forgets a device of the caller. */
export async function removeDevice(ctx: Ctx, input: RemoveDeviceInput): Promise<Outcome<true>> {
  const { userId } = ctx.requireViewer()
  return ctx.transaction(
    'removeDevice',
    async (tx) => {
      const removed = isId('dvc', input.id)
        ? await tx
            .delete(devices)
            .where(and(eq(devices.id, input.id), eq(devices.userId, userId)))
            .returning({ id: devices.id })
        : []
      return removed.length > 0
        ? done(true as const)
        : failed(contract.failure('NOT_FOUND', 'You have no such device.', ['input', 'id']))
    },
    {},
    input,
  )
}
