import type { Transaction } from '@guildhall/kit/context'
import { prefixOf } from '@guildhall/kit/ids'
import { done, type Failure, failed, type Outcome } from '@guildhall/kit/outcome'
import { and, eq } from 'drizzle-orm'
import { bindingConstraints, countBindings, holdersOf, tellBinding, tellPermissions } from '../bindings.ts'
import contract from '../contract.ts'
import type { GrantRoleInput } from '../generated/graphql.ts'
import { bindingSources } from '../grants.ts'
import type { Ctx } from '../loaders.ts'
import { lockOrganization } from '../locks.ts'
import { objectPrefixes } from '../objects.ts'
import { escalations, unavailable } from '../roles.ts'
import { members, type OrganizationRow, type RoleBindingRow, roleBindings } from '../tables.ts'

/** Gives a role on top of that of the membership. What is given decides for itself whether the caller holds as much. */
export async function grantRole(ctx: Ctx, input: GrantRoleInput): Promise<Outcome<RoleBindingRow>> {
  const organization = await ctx.loaders.organization.load(input.organizationId)
  if (!organization) return failed(notFound('organization', 'organizationId'))
  const { id: organizationId } = organization
  const scopeId = input.scopeId ?? null
  ctx.require('roles:manage', { organizationId, ...(scopeId === null ? {} : { id: scopeId }) })
  ctx.requireStepUp()
  const problems = [...shapeProblems(input), ...(await targetProblems(ctx, organizationId, input))]
  if (problems.length > 0) return failed(...problems)

  return ctx.transaction(
    'grantRole',
    async (tx) => {
      const locked = await lockOrganization(tx, organizationId)
      if (!locked) return failed(notFound('organization', 'organizationId'))
      const refusals = await refusalsNow(tx, locked, input)
      if (refusals.length > 0) return failed(...refusals)
      const [binding] = await tx
        .insert(roleBindings)
        .values({
          id: ctx.newId('rbd'),
          organizationId,
          userId: input.userId,
          teamId: input.teamId,
          role: input.role,
          customRoleId: input.customRoleId,
          scopeId,
          grantedById: ctx.requireViewer().userId,
          createdAt: ctx.now(),
        })
        .returning()
      if (!binding) throw new Error('insert returned nothing')
      const handed = await bindingSources(tx, eq(roleBindings.id, binding.id))
      const tooMuch = escalations(ctx, organizationId, handed, [
        'input',
        input.role ? 'role' : 'customRoleId',
      ])
      if (tooMuch.length > 0) return failed(...tooMuch)
      await countBindings(tx, binding, 1)
      await tellBinding(ctx, tx, binding, 'GRANTED')
      const holders = await holdersOf(tx, eq(roleBindings.id, binding.id))
      await tellPermissions(ctx, tx, organizationId, holders, 'ROLE_BINDING')
      return done(binding)
    },
    {
      ...bindingConstraints,
      role_binding_of_team: () => notFound('team', 'teamId'),
      role_binding_role_in_use: () => notFound('role', 'customRoleId'),
    },
    input,
  )
}

/** One subject, one role, and a scope that is an id of something. */
function shapeProblems({ userId, teamId, role, customRoleId, scopeId }: GrantRoleInput): Failure[] {
  const invalid = (message: string, ...path: string[]) =>
    contract.failure('INVALID_VALUE', message, ['input', ...path])
  const problems: Failure[] = []
  if (Boolean(userId) === Boolean(teamId)) problems.push(invalid('Give either a userId or a teamId.'))
  if (Boolean(role) === Boolean(customRoleId)) problems.push(invalid('Give either a role or a customRoleId.'))
  if (scopeId && !objectPrefixes.has(prefixOf(scopeId) ?? '')) {
    problems.push(invalid('This is not the id of anything.', 'scopeId'))
  }
  return problems
}

/** Teams and custom roles of this organization, as far as the caller sees them. */
async function targetProblems(
  ctx: Ctx,
  organizationId: string,
  { teamId, customRoleId }: GrantRoleInput,
): Promise<Failure[]> {
  const [team, customRole] = await Promise.all([
    teamId ? ctx.loaders.team.load(teamId) : null,
    customRoleId ? ctx.loaders.customRole.load(customRoleId) : null,
  ])
  return [
    ...(teamId && team?.organizationId !== organizationId ? [notFound('team', 'teamId')] : []),
    ...(customRoleId && customRole?.organizationId !== organizationId
      ? [notFound('role', 'customRoleId')]
      : []),
  ]
}

/** What only the organization as it is now can say. */
async function refusalsNow(
  tx: Transaction,
  organization: OrganizationRow,
  { userId, role }: GrantRoleInput,
): Promise<Failure[]> {
  if (role === 'OWNER') {
    const message = 'Ownership comes with a membership, not with a binding.'
    return [contract.failure('ROLE_NOT_AVAILABLE', message, ['input', 'role'])]
  }
  const missing = role ? unavailable(organization, role, ['input', 'role']) : []
  if (missing.length > 0 || !userId) return missing
  const belongs = and(eq(members.organizationId, organization.id), eq(members.userId, userId))
  const [member] = await tx.select({ id: members.id }).from(members).where(belongs)
  if (member) return []
  return [contract.failure('NOT_A_MEMBER', 'Does not belong to the organization.', ['input', 'userId'])]
}

const notFound = (what: string, field: string): Failure =>
  contract.failure('NOT_FOUND', `There is no such ${what}.`, ['input', field])
