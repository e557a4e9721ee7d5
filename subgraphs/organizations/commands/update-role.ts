import { done, failed, type Outcome } from '@guildhall/kit/outcome'
import { problemsOf, tidy } from '@guildhall/kit/validate'
import { eq } from 'drizzle-orm'
import { holdersOf, tellPermissions } from '../bindings.ts'
import contract from '../contract.ts'
import {
  customRoleConstraints,
  lockCustomRole,
  permissionProblems,
  tellCustomRole,
  tidyPermissions,
} from '../custom-roles.ts'
import { customRoleDraft } from '../domain/drafts.ts'
import type { UpdateRoleInput } from '../generated/graphql.ts'
import type { Ctx } from '../loaders.ts'
import { escalations } from '../roles.ts'
import { customRoles, type OrganizationCustomRoleRow, roleBindings } from '../tables.ts'

/** Changes a role: what is left out (or null) stays. Neither before nor after may it hold more than the caller does. */
export async function updateRole(
  ctx: Ctx,
  input: UpdateRoleInput,
): Promise<Outcome<OrganizationCustomRoleRow>> {
  ctx.requireStepUp()
  return ctx.transaction(
    'updateRole',
    async (tx) => {
      const role = await lockCustomRole(ctx, tx, input.id)
      if (!role) return failed(contract.failure('NOT_FOUND', 'There is no such role.', ['input', 'id']))
      const { organizationId } = role
      ctx.require('roles:manage', { organizationId })
      const wanted = {
        name: (input.name ?? role.name).trim(),
        description: input.description == null ? role.description : tidy(input.description),
        permissions: input.permissions ? tidyPermissions(input.permissions) : role.permissions,
      }
      const problems = [
        ...problemsOf(customRoleDraft, wanted),
        ...escalations(ctx, organizationId, [{ ...role, scopeId: null }], ['input', 'id']),
        ...(input.permissions ? permissionProblems(ctx, organizationId, input.permissions) : []),
      ]
      if (problems.length > 0) return failed(...problems)
      if (role.version !== (input.expectedVersion ?? role.version)) return failed(outdated())
      const [changed] = await tx
        .update(customRoles)
        .set({ ...wanted, version: role.version + 1, updatedAt: ctx.now() })
        .where(eq(customRoles.id, role.id))
        .returning()
      if (!changed) throw new Error('the role of a locked organization is gone')
      await tellCustomRole(ctx, tx, changed, 'UPDATED')
      if (String(changed.permissions) !== String(role.permissions)) {
        const holders = await holdersOf(tx, eq(roleBindings.customRoleId, role.id))
        await tellPermissions(ctx, tx, organizationId, holders, 'CUSTOM_ROLE')
      }
      return done(changed)
    },
    customRoleConstraints,
    input,
  )
}

const outdated = () =>
  contract.failure('VERSION_CONFLICT', 'The role was changed meanwhile.', ['input', 'expectedVersion'])
