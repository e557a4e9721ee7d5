import { failed, type Outcome } from '@guildhall/kit/outcome'
import contract from '../contract.ts'
import { decideInvitation } from '../decide-invitation.ts'
import type { RevokeInvitationInput } from '../generated/graphql.ts'
import type { Ctx } from '../loaders.ts'
import type { OrganizationInvitationRow } from '../tables.ts'

const path = ['input', 'id']

/** Takes an invitation back. */
export async function revokeInvitation(
  ctx: Ctx,
  input: RevokeInvitationInput,
): Promise<Outcome<OrganizationInvitationRow>> {
  const invitation = await ctx.loaders.invitation.load(input.id)
  const organization = invitation && (await ctx.loaders.organization.load(invitation.organizationId))
  if (!organization) return failed(contract.failure('NOT_FOUND', 'There is no such invitation.', path))
  ctx.require('members:manage', invitation)
  return ctx.transaction(
    'revokeInvitation',
    (tx) => decideInvitation(ctx, tx, organization, invitation, 'REVOKED', path),
    {},
    input,
  )
}
