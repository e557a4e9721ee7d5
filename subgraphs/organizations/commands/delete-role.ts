import { done, failed, type Outcome } from '@guildhall/kit/outcome'
import { eq } from 'drizzle-orm'
import contract from '../contract.ts'
import { countCustomRole, customRoleConstraints, lockCustomRole, tellCustomRole } from '../custom-roles.ts'
import type { DeleteRoleInput } from '../generated/graphql.ts'
import type { Ctx } from '../loaders.ts'
import { escalations } from '../roles.ts'
import { customRoles } from '../tables.ts'

/** Deletes a role that nobody is given; that somebody is, the foreign key of their binding says. */
export async function deleteRole(ctx: Ctx, input: DeleteRoleInput): Promise<Outcome<string>> {
  ctx.requireStepUp()
  return ctx.transaction(
    'deleteRole',
    async (tx) => {
      const role = await lockCustomRole(ctx, tx, input.id)
      if (!role) return failed(contract.failure('NOT_FOUND', 'There is no such role.', ['input', 'id']))
      ctx.require('roles:manage', { organizationId: role.organizationId })
      const problems = escalations(ctx, role.organizationId, [{ ...role, scopeId: null }], ['input', 'id'])
      if (problems.length > 0) return failed(...problems)
      await tx.delete(customRoles).where(eq(customRoles.id, role.id))
      await countCustomRole(tx, role.organizationId, -1)
      await tellCustomRole(ctx, tx, role, 'DELETED')
      return done(role.id)
    },
    customRoleConstraints,
    input,
  )
}
