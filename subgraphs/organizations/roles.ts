import type { Context } from '@guildhall/kit/context'
import { loadContracts } from '@guildhall/kit/discover'
import type { Failure } from '@guildhall/kit/outcome'
import contract, { type BuiltInRole, builtInRoles } from './contract.ts'
import { collectPermissions, mayHandOut } from './domain/role-permissions.ts'

/** What each role holds, over the contracts of all domains; read when the process starts, which fails on unknown roles. */
export const rolePermissions = collectPermissions(await loadContracts())

/** The roles that hold a permission. */
export const rolesWith = (permission: string): BuiltInRole[] =>
  builtInRoles.filter((role) => rolePermissions[role].includes(permission))

/** The refusal to hand out (or take away) roles that hold more than the caller does. */
export function escalations(
  ctx: Pick<Context, 'viewer'>,
  organizationId: string,
  roles: readonly BuiltInRole[],
  path: string[],
): Failure[] {
  const held = ctx.viewer?.grants[organizationId]?.permissions ?? []
  if (roles.every((role) => mayHandOut(held, rolePermissions[role]))) return []
  return [contract.failure('ROLE_ESCALATION', 'This role may do more than you may.', path)]
}
