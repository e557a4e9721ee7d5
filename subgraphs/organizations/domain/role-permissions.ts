import type { Contract, PermissionContract } from '@guildhall/kit/contract'
import { type BuiltInRole, builtInRoles } from '../contract.ts'

/** Role → everything it holds, over all domains. */
export type RolePermissions = Readonly<Record<BuiltInRole, readonly string[]>>

/** Collects what the contracts grant. @throws Error naming every role that does not exist. */
export function collectPermissions(
  contracts: readonly Pick<Contract, 'domain' | 'permissions'>[],
): RolePermissions {
  const declared = contracts.flatMap(({ domain, permissions }) =>
    Object.entries(permissions).map(([name, { heldBy }]) => ({ domain, name, heldBy })),
  )
  const problems = declared.flatMap(({ domain, name, heldBy }) =>
    heldBy
      .filter((role) => !builtInRoles.some((known) => known === role))
      .map((role) => `${domain}: ${name} is held by ${role}; the roles are ${builtInRoles.join(', ')}`),
  )
  if (problems.length > 0) throw new Error(`contracts name unknown roles:\n- ${problems.join('\n- ')}`)
  const heldBy = (role: BuiltInRole) =>
    declared
      .filter((permission) => permission.heldBy.includes(role))
      .map((permission) => permission.name)
      .sort()
  return Object.fromEntries(builtInRoles.map((role) => [role, heldBy(role)])) as Record<BuiltInRole, string[]>
}

/** Permission → its description: everything that a role of an organization can be made of. */
export const collectVocabulary = (
  contracts: readonly Pick<Contract, 'permissions'>[],
): ReadonlyMap<string, PermissionContract> =>
  new Map(
    contracts
      .flatMap(({ permissions }) => Object.entries(permissions))
      // What no role of an organization holds is for the platform as a whole.
      .filter(([, { heldBy }]) => heldBy.length > 0)
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  )
