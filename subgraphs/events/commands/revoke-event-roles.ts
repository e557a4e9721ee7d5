import { done, failed, type Outcome } from '@guildhall/kit/outcome'
import contract from '../contract.ts'
import type { RevokeEventRolesInput } from '../generated/graphql.ts'
import type { Ctx } from '../loaders.ts'
import { lockEvent } from '../lock-event.ts'
import { changeRoles, eventForRoles } from '../memberships.ts'
import type { EventMembershipRow } from '../tables.ts'

/** Takes roles in an event back; what the person does not have is not missed. */
export async function revokeEventRoles(
  ctx: Ctx,
  input: RevokeEventRolesInput,
): Promise<Outcome<EventMembershipRow>> {
  const { membershipId, roles } = input
  const seen = await ctx.loaders.membership.load(membershipId)
  if (!seen) return failed(noSuchMembership())
  const event = await eventForRoles(ctx, seen.eventId, roles)
  if ('code' in event) return failed(event)
  return ctx.transaction(
    'revokeEventRoles',
    async (tx) => {
      const locked = await lockEvent(tx, event.id)
      const membership = await changeRoles(ctx, tx, { event: locked, userId: seen.userId, take: roles })
      return membership ? done(membership) : failed(noSuchMembership())
    },
    {},
    input,
  )
}

const noSuchMembership = () =>
  contract.failure('NOT_FOUND', 'There is no such membership.', ['input', 'membershipId'])
