import { done, failed, type Outcome } from '@guildhall/kit/outcome'
import { problemsOf, tidy } from '@guildhall/kit/validate'
import contract from '../contract.ts'
import {
  countCustomRole,
  customRoleConstraints,
  permissionProblems,
  tellCustomRole,
  tidyPermissions,
} from '../custom-roles.ts'
import { customRoleDraft } from '../domain/drafts.ts'
import type { CreateRoleInput } from '../generated/graphql.ts'
import type { Ctx } from '../loaders.ts'
import { lockOrganization } from '../locks.ts'
import { customRoles, type OrganizationCustomRoleRow } from '../tables.ts'

/** Makes a role of the organization's own, out of what the caller holds. */
export async function createRole(
  ctx: Ctx,
  input: CreateRoleInput,
): Promise<Outcome<OrganizationCustomRoleRow>> {
  const organization = await ctx.loaders.organization.load(input.organizationId)
  if (!organization) return failed(noSuchOrganization())
  const { id: organizationId } = organization
  ctx.require('roles:manage', { organizationId })
  ctx.requireStepUp()
  const problems = [
    ...problemsOf(customRoleDraft, input),
    ...permissionProblems(ctx, organizationId, input.permissions),
  ]
  if (problems.length > 0) return failed(...problems)

  return ctx.transaction(
    'createRole',
    async (tx) => {
      if (!(await lockOrganization(tx, organizationId))) return failed(noSuchOrganization())
      await countCustomRole(tx, organizationId, 1)
      const now = ctx.now()
      const [customRole] = await tx
        .insert(customRoles)
        .values({
          id: ctx.newId('rol'),
          organizationId,
          name: input.name.trim(),
          description: tidy(input.description),
          permissions: tidyPermissions(input.permissions),
          createdAt: now,
          updatedAt: now,
        })
        .returning()
      if (!customRole) throw new Error('insert returned nothing')
      await tellCustomRole(ctx, tx, customRole, 'CREATED')
      return done(customRole)
    },
    customRoleConstraints,
    input,
  )
}

const noSuchOrganization = () =>
  contract.failure('NOT_FOUND', 'There is no such organization.', ['input', 'organizationId'])
