import type { Outcome } from '@guildhall/kit/outcome'
import { type Flow, openFlow } from '../external/external-flow.ts'
import type { StartExternalLoginInput } from '../generated/graphql.ts'
import type { Ctx } from '../loaders.ts'

/** Begins a login at an external issuer. */
export const startExternalLogin = (ctx: Ctx, input: StartExternalLoginInput): Promise<Outcome<Flow>> =>
  openFlow(ctx, 'startExternalLogin', input, null)
