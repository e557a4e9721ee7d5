import type { Outcome } from '@guildhall/kit/outcome'
import type { UnsnoozeNotificationsInput } from '../generated/graphql.ts'
import { changeOwn } from '../inbox/change-own.ts'
import type { Ctx } from '../loaders.ts'

/** Brings back at once what was put off. @returns how many have come back. */
export const unsnoozeNotifications = (
  ctx: Ctx,
  input: UnsnoozeNotificationsInput,
): Promise<Outcome<number>> => changeOwn(ctx, input, { name: 'unsnoozeNotifications', step: 'WAKE' })
