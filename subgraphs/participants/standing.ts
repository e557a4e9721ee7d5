import { objectStanding } from '@guildhall/kit/object-roles'
import contract from './contract.ts'
import { eventRoles } from './tables.ts'

/** What people may do with an event by their roles in it. */
export const standing = objectStanding(contract, 'evt', eventRoles)
