import { done, failed, type Outcome } from '@guildhall/kit/outcome'
import { illegalTransition } from '@guildhall/kit/state-machine'
import { eq } from 'drizzle-orm'
import contract from '../contract.ts'
import { invitationLife, stateAt } from '../domain/invitation.ts'
import { requireManager } from '../forms/rights.ts'
import type { RevokeEventInvitationInput } from '../generated/graphql.ts'
import { decideInvitation } from '../invitations/decide.ts'
import type { Ctx } from '../loaders.ts'
import { type EventInvitationRow, eventInvitations } from '../tables.ts'

const path = ['input', 'id']

/** Takes an invitation back. */
export async function revokeEventInvitation(
  ctx: Ctx,
  input: RevokeEventInvitationInput,
): Promise<Outcome<EventInvitationRow>> {
  const invitation = await ctx.loaders.eventInvitation.load(input.id)
  if (!invitation) return failed(unknown())
  await requireManager(ctx, invitation)
  return ctx.transaction(
    'revokeEventInvitation',
    async (tx) => {
      const revoked = await decideInvitation(ctx, tx, invitation, { state: 'REVOKED' })
      if (revoked) return done(revoked)
      const [current] = await tx.select().from(eventInvitations).where(eq(eventInvitations.id, invitation.id))
      if (!current) return failed(unknown())
      return failed(illegalTransition(invitationLife, stateAt(current, ctx.now()), 'REVOKED', path))
    },
    {},
    input,
  )
}

const unknown = () => contract.failure('NOT_FOUND', 'There is no such invitation.', path)
