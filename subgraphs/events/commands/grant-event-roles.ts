import { isId } from '@guildhall/kit/ids'
import { done, failed, type Outcome } from '@guildhall/kit/outcome'
import contract from '../contract.ts'
import type { GrantEventRolesInput } from '../generated/graphql.ts'
import type { Ctx } from '../loaders.ts'
import { lockEvent } from '../lock-event.ts'
import { changeRoles, eventForRoles } from '../memberships.ts'
import type { EventMembershipRow } from '../tables.ts'

/** Gives roles in an event to a person, who need not belong to the organization; what they have already stays. */
export async function grantEventRoles(
  ctx: Ctx,
  input: GrantEventRolesInput,
): Promise<Outcome<EventMembershipRow>> {
  const { eventId, userId, roles } = input
  const event = await eventForRoles(ctx, eventId, roles)
  if ('code' in event) return failed(event)
  if (!isId('usr', userId)) {
    return failed(contract.failure('NOT_FOUND', 'There is no such person.', ['input', 'userId']))
  }
  return ctx.transaction(
    'grantEventRoles',
    async (tx) => {
      const membership = await changeRoles(ctx, tx, {
        event: await lockEvent(tx, event.id),
        userId,
        give: roles,
      })
      if (!membership) throw new Error('roles were given and there are none')
      return done(membership)
    },
    {},
    input,
  )
}
