import { failed, type Outcome } from '@guildhall/kit/outcome'
import { snoozeProblem } from '../domain/snooze.ts'
import type { SnoozeNotificationsInput } from '../generated/graphql.ts'
import { changeOwn } from '../inbox/change-own.ts'
import type { Ctx } from '../loaders.ts'

/** Puts notifications of the caller off until a time, or until another one. @returns how many. */
export async function snoozeNotifications(
  ctx: Ctx,
  input: SnoozeNotificationsInput,
): Promise<Outcome<number>> {
  const problem = snoozeProblem(input.wakeAt, ctx.now())
  if (problem) return failed(problem)
  return changeOwn(ctx, input, { name: 'snoozeNotifications', step: 'SNOOZE', until: input.wakeAt })
}
