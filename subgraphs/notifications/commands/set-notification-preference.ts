import { done, failed, type Outcome } from '@guildhall/kit/outcome'
import contract from '../contract.ts'
import { type EffectivePreference, isLocked } from '../domain/preferences.ts'
import type { SetNotificationPreferenceInput } from '../generated/graphql.ts'
import type { Ctx } from '../loaders.ts'
import { preferences } from '../tables.ts'

/** Keeps a choice of the caller; it is read again with each notification that is sent. */
export async function setNotificationPreference(
  ctx: Ctx,
  input: SetNotificationPreferenceInput,
): Promise<Outcome<EffectivePreference>> {
  const { userId } = ctx.requireViewer()
  const { category, channel, isEnabled } = input
  if (isLocked(category) && !isEnabled) {
    return failed(
      contract.failure('PREFERENCE_LOCKED', 'These notifications cannot be turned off.', [
        'input',
        'isEnabled',
      ]),
    )
  }
  return ctx.transaction(
    'setNotificationPreference',
    async (tx) => {
      const updatedAt = ctx.now()
      await tx
        .insert(preferences)
        .values({ userId, category, channel, isEnabled, updatedAt })
        .onConflictDoUpdate({
          target: [preferences.userId, preferences.category, preferences.channel],
          set: { isEnabled, updatedAt },
        })
      return done({ category, channel, isEnabled, isLocked: isLocked(category) })
    },
    {},
    input,
  )
}
