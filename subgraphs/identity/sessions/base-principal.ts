import { platformPermissionsOf } from '../administration/platform-roles.ts'
import { isUsable } from '../domain/user-status.ts'
import type { SessionPrincipal } from '../generated/graphql.ts'
import type { UserRow } from '../tables.ts'

/** What holds for every principal of this user, whatever it calls with. */
export const basePrincipal = (user: UserRow): Omit<SessionPrincipal, 'sessionId'> => ({
  userId: user.id,
  isActive: isUsable(user),
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
