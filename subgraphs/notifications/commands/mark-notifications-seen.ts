import type { Outcome } from '@guildhall/kit/outcome'
import type { MarkNotificationsSeenInput } from '../generated/graphql.ts'
import { changeOwn } from '../inbox/change-own.ts'
import type { Ctx } from '../loaders.ts'

/** Notes that the caller has seen notifications, without having read them. @returns how many were unseen. */
export const markNotificationsSeen = (
  ctx: Ctx,
  input: MarkNotificationsSeenInput,
): Promise<Outcome<number>> => changeOwn(ctx, input, { name: 'markNotificationsSeen', step: 'SEE' })
