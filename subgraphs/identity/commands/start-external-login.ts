import type { Outcome } from '@guildhall/kit/outcome'
import { countCall } from '../accounts/count-call.ts'
import { externalLoginStarts } from '../domain/lockout.ts'
import { type Flow, openFlow } from '../external/external-flow.ts'
import type { StartExternalLoginInput } from '../generated/graphql.ts'
import type { Ctx } from '../loaders.ts'

/** Begins a login at an external issuer. */
export async function startExternalLogin(ctx: Ctx, input: StartExternalLoginInput): Promise<Outcome<Flow>> {
  await countCall(ctx, externalLoginStarts)
  return openFlow(ctx, 'startExternalLogin', input, null)
}
