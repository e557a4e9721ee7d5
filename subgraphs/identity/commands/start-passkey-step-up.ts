import { done, failed, type Outcome } from '@guildhall/kit/outcome'
import contract from '../contract.ts'
import type { StartPasskeyStepUpInput } from '../generated/graphql.ts'
import type { Ctx } from '../loaders.ts'
import { authenticationOptions, passkeysOf } from '../passkeys/passkey-options.ts'
import { requireOwnSession } from '../sessions/own-session.ts'

/** What a browser hands to `navigator.credentials.get`, as JSON text, so that a passkey can be shown to `stepUp`. */
export async function startPasskeyStepUp(ctx: Ctx, input: StartPasskeyStepUpInput): Promise<Outcome<string>> {
  const { userId } = requireOwnSession(ctx)
  return ctx.transaction(
    'startPasskeyStepUp',
    async (tx) => {
      if ((await passkeysOf(tx, userId)).length === 0) {
        return failed(contract.failure('NOT_FOUND', 'You have no passkey.', ['input']))
      }
      return done(await authenticationOptions(ctx, tx, { purpose: 'STEP_UP', userId }))
    },
    {},
    input,
  )
}
