import type { Context, Transaction } from '@guildhall/kit/context'
import { and, eq, gt } from 'drizzle-orm'
import { type EventInvitationRow, eventInvitations } from '../tables.ts'

type Answer = { state: 'ACCEPTED'; registrationId: string } | { state: 'DECLINED' | 'REVOKED' }

/** Answers an invitation that is open, by compare-and-set. @returns null when it was not: of rivals, one does. */
export async function decideInvitation(
  ctx: Context,
  tx: Transaction,
  { id }: Pick<EventInvitationRow, 'id'>,
  answer: Answer,
): Promise<EventInvitationRow | null> {
  const now = ctx.now()
  const [decided] = await tx
    .update(eventInvitations)
    .set({ ...answer, decidedAt: now, updatedAt: now })
    .where(
      and(
        eq(eventInvitations.id, id),
        eq(eventInvitations.state, 'PENDING'),
        gt(eventInvitations.expiresAt, now),
      ),
    )
    .returning()
  return decided ?? null
}
