import { done, failed, type Outcome } from '@guildhall/kit/outcome'
import { problemsOf } from '@guildhall/kit/validate'
import { and, eq } from 'drizzle-orm'
import contract, { type BuiltInRole, organizationUpdated, rolesOfKind } from '../contract.ts'
import { organizationDraft } from '../domain/organization.ts'
import type { UpdateOrganizationInput } from '../generated/graphql.ts'
import type { Ctx } from '../loaders.ts'
import { rolesInUse } from '../roles-in-use.ts'
import { type OrganizationRow, organizations } from '../tables.ts'

/** Changes name or kind: what is left out (or null) stays. */
export async function updateOrganization(
  ctx: Ctx,
  input: UpdateOrganizationInput,
): Promise<Outcome<OrganizationRow>> {
  const organization = await ctx.loaders.organization.load(input.id)
  if (!organization) {
    return failed(contract.failure('NOT_FOUND', 'There is no such organization.', ['input', 'id']))
  }
  ctx.require('organizations:manage', { organizationId: organization.id })
  const wanted = {
    name: (input.name ?? organization.name).trim(),
    kind: input.kind ?? organization.kind,
  }
  const problems = problemsOf(organizationDraft, wanted)
  if (problems.length > 0) return failed(...problems)

  return ctx.transaction(
    'updateOrganization',
    async (tx) => {
      const seen = input.expectedVersion ?? organization.version
      const [changed] = await tx
        .update(organizations)
        .set({ ...wanted, version: seen + 1, updatedAt: ctx.now() })
        .where(and(eq(organizations.id, organization.id), eq(organizations.version, seen)))
        .returning()
      if (!changed) {
        return failed(
          contract.failure('VERSION_CONFLICT', 'The organization was changed meanwhile.', [
            'input',
            'expectedVersion',
          ]),
        )
      }
      const { id: organizationId, name, kind, version } = changed
      // The row is ours until the commit, and whoever gives a role holds it first: nobody gives another one meanwhile.
      if (kind !== organization.kind) {
        const lost = (await rolesInUse(tx, organizationId, ctx.now())).filter(
          (role) => !rolesOfKind[kind].includes(role),
        )
        if (lost.length > 0) return failed(kindInUse(lost))
      }
      await tx.emit(organizationUpdated, { organizationId, name, kind, version })
      return done(changed)
    },
    {},
    input,
  )
}

const kindInUse = (roles: readonly BuiltInRole[]) =>
  contract.failure('KIND_IN_USE', `Such organizations have no ${roles.join(', ')}, which are given.`, [
    'input',
    'kind',
  ])
