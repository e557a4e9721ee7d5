import { scopesOf, type UserCaller } from '@guildhall/kit/caller'
import { done, type Failure, failed, type Outcome } from '@guildhall/kit/outcome'
import contract from '../contract.ts'
import type { Ctx } from '../loaders.ts'
import type { ServiceAccountRow, UserRow } from '../tables.ts'

/** Whose key it is, and what it can be allowed. */
export interface KeyOwner {
  userId: string
  kind: UserRow['kind']
  organizationId: string | null
  /** What the owner may do where the key works. */
  permissions: ReadonlySet<string>
  /** Why the caller must not hold a key with these permissions (null: all of the owner's). */
  escalations(scopes: readonly string[] | null): Failure[]
}

/** The owner of a key that the caller makes for themselves. */
export function selfAsOwner(ctx: Ctx, organizationId: string | null | undefined): Outcome<KeyOwner> {
  const viewer = ctx.requireViewer()
  const { userId } = viewer
  const owner = { userId, kind: 'PERSON', escalations: () => [] } as const
  if (!organizationId) return done({ ...owner, organizationId: null, permissions: scopesOf(viewer) })
  const permissions = permissionsIn(viewer, organizationId)
  if (!permissions) {
    return failed(
      contract.failure('NOT_FOUND', 'You do not belong to such an organization.', [
        'input',
        'organizationId',
      ]),
    )
  }
  return done({ ...owner, organizationId, permissions })
}

/**
 * A service account as owner. Whoever makes a key holds it in hand, so it must not be able to do more than they can.
 * @throws Forbidden unless the caller manages the service accounts of the organization.
 */
export async function machineAsOwner(ctx: Ctx, account: ServiceAccountRow): Promise<Outcome<KeyOwner>> {
  const { userId, organizationId } = account
  ctx.require('service-accounts:manage', account)
  const own = permissionsIn(ctx.requireViewer(), organizationId) ?? new Set()
  const { organizationGrants } = await ctx.peers.ask<{
    organizationGrants: { organizationId: string; permissions: string[] }[]
  }>(
    'organizations',
    'query ($userId: ID!) { organizationGrants(userId: $userId) { organizationId permissions } }',
    { userId },
  )
  const grant = organizationGrants.find((one) => one.organizationId === organizationId)
  if (!grant) {
    return failed(
      contract.failure('SERVICE_ACCOUNT_NOT_ADMITTED', 'The organization has not admitted it (yet).'),
    )
  }
  const permissions = new Set(grant.permissions)
  return done({
    userId,
    kind: 'SERVICE',
    organizationId,
    permissions,
    escalations: (scopes) =>
      [...(scopes ?? permissions)].every((permission) => own.has(permission))
        ? []
        : [
            contract.failure('ROLE_ESCALATION', 'The key would hold permissions that you do not hold.', [
              'input',
            ]),
          ],
  })
}

/** What somebody holds in an organization, over all of it or over single objects; null for strangers. */
function permissionsIn(viewer: UserCaller, organizationId: string): ReadonlySet<string> | null {
  const grant = Object.hasOwn(viewer.grants, organizationId) ? viewer.grants[organizationId] : undefined
  return grant ? new Set([...grant.permissions, ...Object.values(grant.scoped ?? {}).flat()]) : null
}
