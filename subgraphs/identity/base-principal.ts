import type { SessionPrincipal } from './generated/graphql.ts'
import { platformPermissionsOf } from './platform-roles.ts'
import type { UserRow } from './tables.ts'

/** Whether an account in this state may be used at all. */
export const canBeUsed = ({ status }: Pick<UserRow, 'status'>): boolean =>
  status === 'ACTIVE' || status === 'PENDING_VERIFICATION'

/** What holds for every principal of this user, whatever it calls with. */
export const basePrincipal = (user: UserRow): Omit<SessionPrincipal, 'sessionId'> => ({
  userId: user.id,
  isActive: canBeUsed(user),
  platformRoles: user.platformRoles,
  platformPermissions: platformPermissionsOf(user.platformRoles),
  steppedUpUntil: null,
  impersonatorId: null,
  isReadOnly: false,
  scopes: null,
  organizationId: null,
  addresses: null,
  expiresAt: null,
})
