import type { Grant, UserCaller } from '@guildhall/kit/caller'
import type { SessionPrincipal } from '../callers/identity-client.ts'

type OrganizationGrants = Readonly<Record<string, Grant>>

/** Everything the person may do in organizations → what this session, key or token of theirs may do. */
export function callerOf(session: SessionPrincipal, held: OrganizationGrants): UserCaller {
  const { scopes, organizationId } = session
  const isWhole = scopes === null && organizationId === null
  // A key for one organization has no business with the platform. Roles say more than a list of permissions may hold.
  const platformPermissions = organizationId === null ? within(scopes, session.platformPermissions) : []
  return {
    kind: 'user',
    userId: session.userId,
    sessionId: session.sessionId,
    platformRoles: isWhole ? session.platformRoles : [],
    grants: isWhole ? held : cut(held, scopes, organizationId),
    ...(platformPermissions.length > 0 ? { platformPermissions } : {}),
    ...(session.steppedUpUntil ? { steppedUpUntilMs: Date.parse(session.steppedUpUntil) } : {}),
    ...(session.impersonatorId ? { impersonatorId: session.impersonatorId } : {}),
    ...(session.isReadOnly ? { isReadOnly: true } : {}),
    // Roles on single objects are not among the grants: a key for one organization has no use of them.
    ...(isWhole ? {} : { narrowedTo: organizationId === null ? (scopes ?? []) : [] }),
  }
}

function cut(
  held: OrganizationGrants,
  scopes: readonly string[] | null,
  organizationId: string | null,
): Record<string, Grant> {
  const kept = Object.entries(held).filter(([id]) => organizationId === null || id === organizationId)
  return Object.fromEntries(
    kept.map(([id, { role, permissions, scoped }]) => [
      id,
      {
        role,
        permissions: within(scopes, permissions),
        ...(scoped ? { scoped: cutScoped(scoped, scopes) } : {}),
      },
    ]),
  )
}

const cutScoped = (scoped: Record<string, string[]>, scopes: readonly string[] | null) =>
  Object.fromEntries(
    Object.entries(scoped).map(([objectId, permissions]) => [objectId, within(scopes, permissions)]),
  )

const within = (scopes: readonly string[] | null, permissions: readonly string[]): string[] =>
  permissions.filter((permission) => scopes === null || scopes.includes(permission))

/**
 * Whether something that was allowed may no longer be. Gained rights are fine for what is open; a lost one may be what
 * an open subscription was allowed by.
 */
export function hasLostRights(before: UserCaller, after: UserCaller): boolean {
  if (before.userId !== after.userId || before.impersonatorId !== after.impersonatorId) return true
  if (after.isReadOnly && !before.isReadOnly) return true
  return (
    isLess(before.platformRoles, after.platformRoles) ||
    isLess(before.platformPermissions, after.platformPermissions) ||
    Object.entries(before.grants).some(([organizationId, grant]) => {
      const left = after.grants[organizationId]
      return !left || isLess(grant.permissions, left.permissions) || isScopedLess(grant, left)
    })
  )
}

const isLess = (before: readonly string[] = [], after: readonly string[] = []): boolean =>
  before.some((one) => !after.includes(one))

/** What was held over one object alone may be held over everything by now. */
const isScopedLess = (before: Grant, after: Grant): boolean =>
  Object.entries(before.scoped ?? {}).some(([objectId, permissions]) =>
    isLess(permissions, [...after.permissions, ...(after.scoped?.[objectId] ?? [])]),
  )
