import { failed, type Outcome } from '@guildhall/kit/outcome'
import type { DeleteServiceAccountInput } from '../generated/graphql.ts'
import type { Ctx } from '../loaders.ts'
import { noMachine, removeMachine } from '../machines/remove-machine.ts'
import { requireOwnSession } from '../sessions/own-session.ts'

/** Removes a machine of an organization, with its keys. */
export async function deleteServiceAccount(
  ctx: Ctx,
  input: DeleteServiceAccountInput,
): Promise<Outcome<string>> {
  const { userId: actorId } = requireOwnSession(ctx)
  const account = await ctx.loaders.serviceAccount.load(input.id)
  if (!account) return failed(noMachine)
  ctx.require('service-accounts:manage', account)

  return ctx.transaction('deleteServiceAccount', (tx) => removeMachine(ctx, tx, account, actorId), {}, input)
}
