import type { Outcome } from '@guildhall/kit/outcome'
import type { MarkNotificationsUnreadInput } from '../generated/graphql.ts'
import { changeOwn } from '../inbox/change-own.ts'
import type { Ctx } from '../loaders.ts'

/** Makes read notifications of the caller unread again; seen they stay. @returns how many were read. */
export const markNotificationsUnread = (
  ctx: Ctx,
  input: MarkNotificationsUnreadInput,
): Promise<Outcome<number>> => changeOwn(ctx, input, { name: 'markNotificationsUnread', step: 'UNREAD' })
