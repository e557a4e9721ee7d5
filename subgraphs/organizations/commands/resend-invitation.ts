import { RateLimited } from '@guildhall/kit/errors'
import { done, failed, type Outcome } from '@guildhall/kit/outcome'
import { illegalTransition } from '@guildhall/kit/state-machine'
import { and, eq, lte } from 'drizzle-orm'
import { accountOf } from '../accounts.ts'
import contract, { invitationResent } from '../contract.ts'
import { hashOf, invitationEnd, invitationLife, mailedBefore, randomToken } from '../domain/invitation.ts'
import type { ResendInvitationInput } from '../generated/graphql.ts'
import { sendInvitation } from '../invitation-mail.ts'
import type { Ctx } from '../loaders.ts'
import { lockOrganization } from '../locks.ts'
import { closing } from '../memberships.ts'
import { escalations, roleAsHanded, unavailable } from '../roles.ts'
import { invitations } from '../tables.ts'
import type { Invited } from './invite-member.ts'

const path = ['input', 'id']

/**
 * Sends an invitation again, also one that nobody answered in time; at most once a minute, so that nobody's inbox is
 * filled from here. Of rivals, one does; its token alone is good.
 */
export async function resendInvitation(ctx: Ctx, input: ResendInvitationInput): Promise<Outcome<Invited>> {
  const invitation = await ctx.loaders.invitation.load(input.id)
  if (!invitation) return failed(contract.failure('NOT_FOUND', 'There is no such invitation.', path))
  const { id, organizationId, role, email } = invitation
  ctx.require('members:manage', { organizationId })
  const problems = escalations(ctx, organizationId, [roleAsHanded(role)], path)
  if (problems.length > 0) return failed(...problems)
  const inviteeUserId = await accountOf(ctx, email)
  const token = randomToken()

  const outcome = await ctx.transaction(
    'resendInvitation',
    async (tx) => {
      const organization = await lockOrganization(tx, organizationId, 'share')
      if (!organization) return failed(contract.failure('NOT_FOUND', 'There is no such invitation.', path))
      const refusals = [...closing(organization), ...unavailable(organization, role, path)]
      if (refusals.length > 0) return failed(...refusals)
      const now = ctx.now()
      const [sent] = await tx
        .update(invitations)
        .set({ tokenHash: hashOf(token), inviteeUserId, expiresAt: invitationEnd(now), updatedAt: now })
        .where(
          and(
            eq(invitations.id, id),
            eq(invitations.status, 'PENDING'),
            lte(invitations.updatedAt, mailedBefore(now)),
          ),
        )
        .returning()
      if (!sent) {
        const [current] = await tx.select().from(invitations).where(eq(invitations.id, id))
        if (!current)
          return failed(contract.failure('NOT_FOUND', 'There is no such invitation any more.', path))
        if (current.status === 'PENDING') throw new RateLimited('A mail was sent less than a minute ago.')
        return failed(illegalTransition(invitationLife, current.status, 'PENDING', path))
      }
      await tx.emit(invitationResent, {
        invitationId: id,
        organizationId,
        organizationName: organization.name,
        role,
        inviteeUserId,
        actorId: ctx.viewer?.userId ?? null,
        expiresAt: sent.expiresAt.toISOString(),
      })
      await sendInvitation(ctx, tx, organization, sent, token)
      return done(sent)
    },
    {},
    input,
  )
  if (!outcome.ok) return outcome
  const isFirstAnswer = outcome.value.tokenHash === hashOf(token)
  return done({ invitation: outcome.value, token: isFirstAnswer ? token : null })
}
