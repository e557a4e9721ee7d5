import type { Context } from '@guildhall/kit/context'
import { loadContracts } from '@guildhall/kit/discover'
import type { Failure } from '@guildhall/kit/outcome'
import contract, { type BuiltInRole, builtInRoles, rolesOfKind } from './contract.ts'
import { collectPermissions, collectVocabulary } from './domain/role-permissions.ts'
import type { OrganizationRow } from './tables.ts'

const contracts = await loadContracts()

/** What each role holds, over the contracts of all domains; read when the process starts, which fails on unknown roles. */
export const rolePermissions = collectPermissions(contracts)

/** Everything that a role can hold. */
export const permissionVocabulary = collectVocabulary(contracts)

/** The roles that hold a permission. */
export const rolesWith = (permission: string): BuiltInRole[] =>
  builtInRoles.filter((role) => rolePermissions[role].includes(permission))

/** What somebody hands out or takes away. */
export interface Handed {
  permissions: readonly string[]
  /** The one object that it is for; null: everything in the organization. */
  scopeId: string | null
}

/** What a role of the house hands out over everything. */
export const roleAsHanded = (role: BuiltInRole): Handed => ({
  permissions: rolePermissions[role],
  scopeId: null,
})

/** The refusal to hand out (or take away) more than the caller holds in the same place. */
export function escalations(
  ctx: Pick<Context, 'can'>,
  organizationId: string,
  handed: readonly Handed[],
  path: string[],
): Failure[] {
  const holdsAll = ({ permissions, scopeId }: Handed) =>
    permissions.every((permission) =>
      ctx.can(permission, { organizationId, ...(scopeId === null ? {} : { id: scopeId }) }),
    )
  if (handed.every(holdsAll)) return []
  return [contract.failure('ROLE_ESCALATION', 'This may do more than you may.', path)]
}

/** The refusal of a role that organizations of this kind do not have. */
export function unavailable(
  { kind }: Pick<OrganizationRow, 'kind'>,
  role: BuiltInRole,
  path: string[],
): Failure[] {
  if (rolesOfKind[kind].includes(role)) return []
  return [contract.failure('ROLE_NOT_AVAILABLE', `Organizations of this kind have no ${role}.`, path)]
}
