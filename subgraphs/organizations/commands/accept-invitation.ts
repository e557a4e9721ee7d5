import { failed, type Outcome } from '@guildhall/kit/outcome'
import { addressOf } from '../accounts.ts'
import contract from '../contract.ts'
import { decideInvitation } from '../decide-invitation.ts'
import type { AcceptInvitationInput } from '../generated/graphql.ts'
import type { Ctx } from '../loaders.ts'
import { lockOrganization } from '../locks.ts'
import { join, membershipConstraints } from '../memberships.ts'
import { invitationByToken } from '../queries.ts'
import type { OrganizationMemberRow } from '../tables.ts'

const path = ['input', 'token']

/** Makes the caller a member. The token alone is not enough: the caller must be known to read the invited address. */
export async function acceptInvitation(
  ctx: Ctx,
  input: AcceptInvitationInput,
): Promise<Outcome<OrganizationMemberRow>> {
  const { userId } = ctx.requireViewer()
  const invitation = await invitationByToken(ctx, input.token)
  const organization = invitation && (await ctx.loaders.organization.load(invitation.organizationId))
  if (!organization) return failed(contract.failure('NOT_FOUND', 'There is no such invitation.', path))
  const address = await addressOf(ctx, userId)
  if (address?.email !== invitation.email) {
    return failed(
      contract.failure('INVITE_EMAIL_MISMATCH', 'The invitation is for another e-mail address.', path),
    )
  }
  // The token proves nothing: whoever invited was told it as well.
  if (!address.isVerified) {
    return failed(contract.failure('EMAIL_NOT_VERIFIED', 'Verify your e-mail address first.', path))
  }

  return ctx.transaction(
    'acceptInvitation',
    async (tx) => {
      const hold = invitation.role === 'OWNER' ? 'no key update' : 'share'
      const locked = await lockOrganization(tx, organization.id, hold)
      if (!locked) return failed(contract.failure('NOT_FOUND', 'There is no such invitation.', path))
      const accepted = await decideInvitation(ctx, tx, locked, invitation, 'ACCEPTED', path)
      if (!accepted.ok) return accepted
      return join(ctx, tx, locked, { userId, role: accepted.value.role })
    },
    membershipConstraints,
    input,
  )
}
