import type { Outcome } from '@guildhall/kit/outcome'
import type { MarkNotificationsReadInput } from '../generated/graphql.ts'
import { changeOwn } from '../inbox/change-own.ts'
import type { Ctx } from '../loaders.ts'

/** Marks notifications of the caller as read. @returns how many were unread. */
export const markNotificationsRead = (
  ctx: Ctx,
  input: MarkNotificationsReadInput,
): Promise<Outcome<number>> => changeOwn(ctx, input, { name: 'markNotificationsRead', step: 'READ' })
