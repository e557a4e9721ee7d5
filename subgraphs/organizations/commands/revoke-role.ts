import type { Transaction } from '@guildhall/kit/context'
import { isId } from '@guildhall/kit/ids'
import { done, failed, type Outcome } from '@guildhall/kit/outcome'
import { and, eq } from 'drizzle-orm'
import { endBindings, tellBinding, tellPermissions } from '../bindings.ts'
import contract from '../contract.ts'
import type { RevokeRoleInput } from '../generated/graphql.ts'
import { type BindingSource, bindingSources } from '../grants.ts'
import type { Ctx } from '../loaders.ts'
import { lockOrganization } from '../locks.ts'
import { escalations } from '../roles.ts'
import { roleBindings } from '../tables.ts'
import { visibleBindings } from '../visibility.ts'

/** Takes a binding back, unless it holds more than the caller does. */
export async function revokeRole(ctx: Ctx, input: RevokeRoleInput): Promise<Outcome<string>> {
  ctx.requireStepUp()
  return ctx.transaction(
    'revokeRole',
    async (tx) => {
      const source = await lockBinding(ctx, tx, input.id)
      if (!source) return failed(contract.failure('NOT_FOUND', 'There is no such binding.', ['input', 'id']))
      const { organizationId, scopeId, binding } = source
      ctx.require('roles:manage', { organizationId, ...(scopeId === null ? {} : { id: scopeId }) })
      const problems = escalations(ctx, organizationId, [source], ['input', 'id'])
      if (problems.length > 0) return failed(...problems)
      const holders = await endBindings(tx, eq(roleBindings.id, binding.id))
      await tellBinding(ctx, tx, binding, 'REVOKED')
      await tellPermissions(ctx, tx, organizationId, holders, 'ROLE_BINDING')
      return done(binding.id)
    },
    {},
    input,
  )
}

/** A binding that the caller may see and what it is worth, with its organization held alone. */
async function lockBinding(ctx: Ctx, tx: Transaction, id: string): Promise<BindingSource | null> {
  if (!isId('rbd', id)) return null
  const visible = and(eq(roleBindings.id, id), visibleBindings(ctx))
  const [seen] = await tx
    .select({ organizationId: roleBindings.organizationId })
    .from(roleBindings)
    .where(visible)
  if (!seen || !(await lockOrganization(tx, seen.organizationId))) return null
  const [source] = await bindingSources(tx, eq(roleBindings.id, id))
  return source ?? null
}
