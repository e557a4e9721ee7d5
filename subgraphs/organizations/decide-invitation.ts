import type { Context, Transaction } from '@guildhall/kit/context'
import { done, failed, type Outcome } from '@guildhall/kit/outcome'
import { illegalTransition } from '@guildhall/kit/state-machine'
import { and, eq, gt } from 'drizzle-orm'
import contract, { invitationDecided } from './contract.ts'
import { invitationLife, statusAt } from './domain/invitation.ts'
import { invitations, type OrganizationInvitationRow, type OrganizationRow } from './tables.ts'

/** Answers an invitation by compare-and-set: of all that answer it at once, one does, and with the token of now. */
export async function decideInvitation(
  ctx: Context,
  tx: Transaction,
  organization: Pick<OrganizationRow, 'name'>,
  { id, tokenHash }: Pick<OrganizationInvitationRow, 'id' | 'tokenHash'>,
  to: 'ACCEPTED' | 'DECLINED' | 'REVOKED',
  path: string[],
): Promise<Outcome<OrganizationInvitationRow>> {
  const now = ctx.now()
  const needsToken = to !== 'REVOKED'
  const [decided] = await tx
    .update(invitations)
    .set({ status: to, updatedAt: now })
    .where(
      and(
        eq(invitations.id, id),
        needsToken ? eq(invitations.tokenHash, tokenHash) : undefined,
        eq(invitations.status, 'PENDING'),
        gt(invitations.expiresAt, now),
      ),
    )
    .returning()
  if (!decided) {
    const [current] = await tx.select().from(invitations).where(eq(invitations.id, id))
    if (!current || (needsToken && current.tokenHash !== tokenHash)) {
      return failed(contract.failure('NOT_FOUND', 'There is no such invitation any more.', path))
    }
    const status = statusAt(current, now)
    return status === 'EXPIRED'
      ? failed(contract.failure('INVITE_EXPIRED', 'The invitation is too old; ask for a new one.', path))
      : failed(illegalTransition(invitationLife, status, to, path))
  }
  await tx.emit(invitationDecided, {
    invitationId: id,
    organizationId: decided.organizationId,
    organizationName: organization.name,
    role: decided.role,
    inviteeUserId: decided.inviteeUserId,
    status: to,
    actorId: ctx.viewer?.userId ?? null,
  })
  return done(decided)
}
