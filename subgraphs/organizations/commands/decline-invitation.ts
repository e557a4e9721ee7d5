import { failed, type Outcome } from '@guildhall/kit/outcome'
import contract from '../contract.ts'
import { decideInvitation } from '../decide-invitation.ts'
import type { DeclineInvitationInput } from '../generated/graphql.ts'
import type { Ctx } from '../loaders.ts'
import { invitationByToken } from '../queries.ts'
import type { OrganizationInvitationRow } from '../tables.ts'

const path = ['input', 'token']

/** Says no for whoever has the token. */
export async function declineInvitation(
  ctx: Ctx,
  input: DeclineInvitationInput,
): Promise<Outcome<OrganizationInvitationRow>> {
  const invitation = await invitationByToken(ctx, input.token)
  const organization = invitation && (await ctx.loaders.organization.load(invitation.organizationId))
  if (!organization) return failed(contract.failure('NOT_FOUND', 'There is no such invitation.', path))
  const { idempotencyKey } = input
  return ctx.transaction(
    'declineInvitation',
    (tx) => decideInvitation(ctx, tx, organization, invitation, 'DECLINED', path),
    {},
    // Strangers share the actor "anonymous", hence the invitation in the key; and the token is not kept.
    { idempotencyKey: idempotencyKey ? `${invitation.id} ${idempotencyKey}` : null },
  )
}
