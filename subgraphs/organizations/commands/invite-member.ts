import { done, failed, type Outcome } from '@guildhall/kit/outcome'
import { problemsOf } from '@guildhall/kit/validate'
import { and, eq, lte } from 'drizzle-orm'
import { z } from 'zod'
import { accountOf } from '../accounts.ts'
import contract, { invitationCreated } from '../contract.ts'
import { hashOf, invitationEnd, randomToken } from '../domain/invitation.ts'
import { emailAddress, normalizeEmail } from '../domain/organization.ts'
import type { InviteMemberInput } from '../generated/graphql.ts'
import { sendInvitation } from '../invitation-mail.ts'
import type { Ctx } from '../loaders.ts'
import { lockOrganization } from '../locks.ts'
import { closing } from '../memberships.ts'
import { escalations, roleAsHanded, unavailable } from '../roles.ts'
import { invitations, members, type OrganizationInvitationRow } from '../tables.ts'

export interface Invited {
  invitation: OrganizationInvitationRow
  /** Null when the answer is that of an earlier call: of its token we know the hash alone. */
  token: string | null
}

/** Keeps a place for an address. Of rivals that invite the same address, the index lets one through. */
export async function inviteMember(ctx: Ctx, input: InviteMemberInput): Promise<Outcome<Invited>> {
  const organization = await ctx.loaders.organization.load(input.organizationId)
  if (!organization) return failed(noSuchOrganization())
  const organizationId = organization.id
  ctx.require('members:manage', { organizationId })
  const viewer = ctx.requireViewer()
  const { role } = input
  const problems = [
    ...problemsOf(z.object({ email: emailAddress }), input),
    ...escalations(ctx, organizationId, [roleAsHanded(role)], ['input', 'role']),
  ]
  if (problems.length > 0) return failed(...problems)
  const email = normalizeEmail(input.email)
  const inviteeUserId = await accountOf(ctx, email)
  const token = randomToken()

  const outcome = await ctx.transaction(
    'inviteMember',
    async (tx) => {
      const now = ctx.now()
      const locked = await lockOrganization(tx, organizationId, 'share')
      if (!locked) return failed(noSuchOrganization())
      const missing = [...closing(locked), ...unavailable(locked, role, ['input', 'role'])]
      if (missing.length > 0) return failed(...missing)
      if (inviteeUserId) {
        const belongs = and(eq(members.organizationId, organizationId), eq(members.userId, inviteeUserId))
        const [member] = await tx.select({ id: members.id }).from(members).where(belongs)
        if (member) {
          return failed(
            contract.failure('ALREADY_MEMBER', 'Belongs to the organization already.', ['input', 'email']),
          )
        }
      }
      await tx
        .update(invitations)
        .set({ status: 'EXPIRED', updatedAt: now })
        .where(
          and(
            eq(invitations.organizationId, organizationId),
            eq(invitations.email, email),
            eq(invitations.status, 'PENDING'),
            lte(invitations.expiresAt, now),
          ),
        )
      const [invitation] = await tx
        .insert(invitations)
        .values({
          id: ctx.newId('inv'),
          organizationId,
          email,
          role,
          tokenHash: hashOf(token),
          inviteeUserId,
          invitedById: viewer.userId,
          expiresAt: invitationEnd(now),
          createdAt: now,
          updatedAt: now,
        })
        .returning()
      if (!invitation) throw new Error('insert returned nothing')
      await tx.emit(invitationCreated, {
        invitationId: invitation.id,
        organizationId,
        organizationName: organization.name,
        role,
        inviteeUserId,
        actorId: viewer.userId,
        expiresAt: invitation.expiresAt.toISOString(),
      })
      await sendInvitation(ctx, tx, locked, invitation, token)
      return done(invitation)
    },
    {
      invitation_one_pending: () =>
        contract.failure('ALREADY_INVITED', 'This address has an open invitation.', ['input', 'email']),
    },
    input,
  )
  if (!outcome.ok) return outcome
  const isFirstAnswer = outcome.value.tokenHash === hashOf(token)
  return done({ invitation: outcome.value, token: isFirstAnswer ? token : null })
}

const noSuchOrganization = () =>
  contract.failure('NOT_FOUND', 'There is no such organization.', ['input', 'organizationId'])
