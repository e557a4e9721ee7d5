import { objectStanding } from '@guildhall/kit/object-roles'
import contract from './contract.ts'
import { eventMemberships } from './tables.ts'

/** What people may do with an event by their roles in it. */
export const standing = objectStanding(contract, 'evt', {
  objectId: eventMemberships.eventId,
  userId: eventMemberships.userId,
  roles: eventMemberships.roles,
})
