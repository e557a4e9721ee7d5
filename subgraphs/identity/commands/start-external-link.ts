import type { Outcome } from '@guildhall/kit/outcome'
import { type Flow, openFlow } from '../external/external-flow.ts'
import type { StartExternalLinkInput } from '../generated/graphql.ts'
import type { Ctx } from '../loaders.ts'
import { requireOwnSession } from '../sessions/own-session.ts'

/** Begins to link one more identity to the account of the person calling. */
export async function startExternalLink(ctx: Ctx, input: StartExternalLinkInput): Promise<Outcome<Flow>> {
  ctx.requireStepUp()
  const { userId } = requireOwnSession(ctx)
  return openFlow(ctx, 'startExternalLink', input, userId)
}
