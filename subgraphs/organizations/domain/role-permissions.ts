import type { Contract } from '@guildhall/kit/contract'
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
  return {
    OWNER: heldBy('OWNER'),
    ADMIN: heldBy('ADMIN'),
    ORGANIZER: heldBy('ORGANIZER'),
    MEMBER: heldBy('MEMBER'),
    GUEST: heldBy('GUEST'),
  }
}

/** Whether somebody who holds `held` may give or take a role: only if it holds nothing more. */
export const mayHandOut = (held: readonly string[], rolePermissions: readonly string[]): boolean =>
  rolePermissions.every((permission) => held.includes(permission))
