import type { Outcome } from '@guildhall/kit/outcome'
import { gt, isNull, or } from 'drizzle-orm'
import type { UnarchiveNotificationsInput } from '../generated/graphql.ts'
import { changeOwn } from '../inbox/change-own.ts'
import type { Ctx } from '../loaders.ts'
import { notifications } from '../tables.ts'

/** Takes notifications out of the archive, as they went in; what has expired stays. @returns how many came out. */
export function unarchiveNotifications(
  ctx: Ctx,
  input: UnarchiveNotificationsInput,
): Promise<Outcome<number>> {
  const { expiresAt } = notifications
  const which = or(isNull(expiresAt), gt(expiresAt, ctx.now()))
  return changeOwn(ctx, input, {
    name: 'unarchiveNotifications',
    step: 'UNARCHIVE',
    ...(which ? { which } : {}),
  })
}
