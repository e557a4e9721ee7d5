import { serviceAccountCreated, serviceAccountDeleted } from '@guildhall/identity/contract'
import type { Transaction } from '@guildhall/kit/context'
import { reactTo } from '@guildhall/kit/events/envelope'
import { and, eq } from 'drizzle-orm'
import { lockOrganization } from './locks.ts'
import { join, part } from './memberships.ts'
import { machines, members } from './tables.ts'

/**
 * A machine becomes a member. Identity has asked whether its maker may give the role; if the organization cannot take it
 * any more (it is about to end, or lost the role with another kind), the machine stays outside. So does one of whose end
 * was heard before.
 */
const admitMachine = reactTo(serviceAccountCreated, {
  async apply(tx, { payload: { organizationId, userId, role, actorId } }, ctx) {
    const organization = await lockOrganization(tx, organizationId, 'share')
    if (!organization || !(await decide(tx, userId, ctx.now()))) return
    const joined = await join(ctx, tx, organization, { userId, role, actorId, isService: true })
    if (!joined.ok)
      ctx.log.warn({ organizationId, userId, refused: joined.failures[0].code }, 'machine not admitted')
  },
})

const dismissMachine = reactTo(serviceAccountDeleted, {
  async apply(tx, { payload: { organizationId, userId, actorId } }, ctx) {
    const organization = await lockOrganization(tx, organizationId)
    if (!organization) return
    await decide(tx, userId, ctx.now())
    const place = and(eq(members.organizationId, organizationId), eq(members.userId, userId))
    const [member] = await tx.select({ id: members.id }).from(members).where(place)
    if (member) await part(ctx, tx, organization, member.id, 'REMOVED', actorId)
  },
})

/** Settles whether a machine belongs here, once and for all. @returns false when that was settled before. */
async function decide(tx: Transaction, userId: string, now: Date): Promise<boolean> {
  const decided = await tx
    .insert(machines)
    .values({ id: userId, decidedAt: now })
    .onConflictDoNothing()
    .returning({ id: machines.id })
  return decided.length > 0
}

export const reactions = [admitMachine, dismissMachine]
