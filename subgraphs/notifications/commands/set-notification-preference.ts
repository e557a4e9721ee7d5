import { done, failed, type Outcome } from '@guildhall/kit/outcome'
import contract from '../contract.ts'
import { typeOf } from '../domain/notification-types.ts'
import { preferenceProblems } from '../domain/preference-draft.ts'
import { categoryPreference, type EffectivePreference, typePreferences } from '../domain/preferences.ts'
import type { SetNotificationPreferenceInput } from '../generated/graphql.ts'
import type { Ctx } from '../loaders.ts'
import { heldBy, keepChoice } from '../preferences/choices.ts'
import { scopeOf } from '../preferences/scopes.ts'

/** Keeps or forgets a choice of the caller; it is read again with each notification that is sent. */
export async function setNotificationPreference(
  ctx: Ctx,
  input: SetNotificationPreferenceInput,
): Promise<Outcome<EffectivePreference>> {
  const { userId } = ctx.requireViewer()
  const { category = null, type = null, scopeId = null, channel, isEnabled = null } = input
  if (category === null && type === null) {
    return failed(
      contract.failure('INVALID_VALUE', 'Give either a category or a type.', ['input', 'category']),
    )
  }
  const problems = preferenceProblems(input)
  if (problems.length > 0) return failed(...problems)
  if (scopeId !== null && !(await scopeOf(ctx, scopeId))) {
    return failed(contract.failure('NOT_FOUND', 'There is no such thing.', ['input', 'scopeId']))
  }
  return ctx.transaction(
    'setNotificationPreference',
    async (tx) => {
      await keepChoice(tx, ctx.now(), userId, { scopeId, type, category, channel, isEnabled })
      const held = await heldBy(tx, userId, scopeId)
      const now =
        type === null
          ? category && categoryPreference(category, channel, held)
          : typePreferences(typeOf(type), held).find((preference) => preference.channel === channel)
      if (!now) throw new Error('the channel was found to be supported')
      return done(now)
    },
    {},
    input,
  )
}
