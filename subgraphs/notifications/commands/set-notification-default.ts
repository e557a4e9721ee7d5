import { done, failed, type Outcome } from '@guildhall/kit/outcome'
import contract from '../contract.ts'
import { preferenceProblems } from '../domain/preference-draft.ts'
import type { SetNotificationDefaultInput } from '../generated/graphql.ts'
import type { Ctx } from '../loaders.ts'
import { keepDefault } from '../preferences/choices.ts'
import { scopeOf } from '../preferences/scopes.ts'
import type { NotificationDefaultRow } from '../tables.ts'

/** Sets what holds in a scope for those who have chosen nothing, or takes it back. */
export async function setNotificationDefault(
  ctx: Ctx,
  input: SetNotificationDefaultInput,
): Promise<Outcome<NotificationDefaultRow>> {
  const { scopeId, category = null, type = null, channel, isEnabled = null } = input
  const scope = await scopeOf(ctx, scopeId)
  if (!scope) return failed(contract.failure('NOT_FOUND', 'There is no such thing.', ['input', 'scopeId']))
  ctx.require('notifications:manage', scope)
  const problems = preferenceProblems(input)
  if (problems.length > 0) return failed(...problems)
  const choice = { scopeId, category, type, channel, isEnabled }
  return ctx.transaction(
    'setNotificationDefault',
    async (tx) => {
      await keepDefault(tx, ctx.now(), choice)
      return done(choice)
    },
    {},
    input,
  )
}
