import { serviceAccountCreated, serviceAccountDeleted } from '@guildhall/identity/contract'
import { reactTo } from '@guildhall/kit/events/envelope'
import { and, eq } from 'drizzle-orm'
import { lockOrganization } from './locks.ts'
import { join, part } from './memberships.ts'
import { members } from './tables.ts'

/**
 * A machine becomes a member. Identity has asked whether its maker may give the role; if the organization cannot take it
 * any more (it is about to end, or lost the role with another kind), the machine stays outside.
 */
const admitMachine = reactTo(serviceAccountCreated, {
  async apply(tx, { payload: { organizationId, userId, role, actorId } }, ctx) {
    const organization = await lockOrganization(tx, organizationId, 'share')
    if (!organization) return
    const joined = await join(ctx, tx, organization, { userId, role, actorId, isService: true })
    if (!joined.ok)
      ctx.log.warn({ organizationId, userId, refused: joined.failures[0].code }, 'machine not admitted')
  },
})

const dismissMachine = reactTo(serviceAccountDeleted, {
  async apply(tx, { payload: { organizationId, userId, actorId } }, ctx) {
    const organization = await lockOrganization(tx, organizationId)
    if (!organization) return
    const place = and(eq(members.organizationId, organizationId), eq(members.userId, userId))
    const [member] = await tx.select({ id: members.id }).from(members).where(place)
    if (member) await part(ctx, tx, organization, member.id, 'REMOVED', actorId)
  },
})

export const reactions = [admitMachine, dismissMachine]
