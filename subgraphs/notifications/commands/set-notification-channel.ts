import { done, failed, type Outcome } from '@guildhall/kit/outcome'
import contract from '../contract.ts'
import { categories, categoryPreference, type EffectivePreference } from '../domain/preferences.ts'
import type { SetNotificationChannelInput } from '../generated/graphql.ts'
import type { Ctx } from '../loaders.ts'
import { heldBy, keepChoice } from '../preferences/choices.ts'
import { scopeOf } from '../preferences/scopes.ts'

/** Keeps or forgets whether the caller wants anything by a channel. */
export async function setNotificationChannel(
  ctx: Ctx,
  input: SetNotificationChannelInput,
): Promise<Outcome<EffectivePreference[]>> {
  const { userId } = ctx.requireViewer()
  const { scopeId = null, channel, isEnabled = null } = input
  if (scopeId !== null && !(await scopeOf(ctx, scopeId))) {
    return failed(contract.failure('NOT_FOUND', 'There is no such thing.', ['input', 'scopeId']))
  }
  return ctx.transaction(
    'setNotificationChannel',
    async (tx) => {
      await keepChoice(tx, ctx.now(), userId, { scopeId, type: null, category: null, channel, isEnabled })
      const held = await heldBy(tx, userId, scopeId)
      return done(categories.map((category) => categoryPreference(category, channel, held)))
    },
    {},
    input,
  )
}
