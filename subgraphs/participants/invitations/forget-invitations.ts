import type { Context } from '@guildhall/kit/context'
import { and, inArray, lte, ne } from 'drizzle-orm'
import { forgottenBefore } from '../domain/invitation.ts'
import { eventInvitations } from '../tables.ts'

const batchSize = 5_000

/** Forgets addresses of people who never came, some time after their invitations have ended. */
export async function forgetInvitations(ctx: Context): Promise<void> {
  const ended = and(
    ne(eventInvitations.state, 'ACCEPTED'),
    lte(eventInvitations.expiresAt, forgottenBefore(ctx.now())),
  )
  const old = ctx.db
    .select({ id: eventInvitations.id })
    .from(eventInvitations)
    .where(ended)
    .limit(batchSize)
    .for('update', { skipLocked: true })
  await ctx.db.delete(eventInvitations).where(inArray(eventInvitations.id, old))
}
