import { done, failed, type Outcome } from '@guildhall/kit/outcome'
import { and, eq } from 'drizzle-orm'
import contract from '../contract.ts'
import type { LeaveOrganizationInput } from '../generated/graphql.ts'
import type { Ctx } from '../loaders.ts'
import { lockOrganization } from '../locks.ts'
import { membershipConstraints, part } from '../memberships.ts'
import { members, type OrganizationRow } from '../tables.ts'

/** Ends the caller's own membership. That the last owner stays is held by the database. */
export async function leaveOrganization(
  ctx: Ctx,
  input: LeaveOrganizationInput,
): Promise<Outcome<OrganizationRow>> {
  const { userId } = ctx.requireViewer()
  const organization = await ctx.loaders.organization.load(input.organizationId)
  if (!organization) return failed(notAMember())

  return ctx.transaction(
    'leaveOrganization',
    async (tx) => {
      await lockOrganization(tx, organization.id)
      const mine = and(eq(members.organizationId, organization.id), eq(members.userId, userId))
      const [member] = await tx.select({ id: members.id }).from(members).where(mine)
      if (!member || !(await part(ctx, tx, organization, member.id, 'LEFT'))) return failed(notAMember())
      return done(organization)
    },
    membershipConstraints,
    input,
  )
}

const notAMember = () =>
  contract.failure('NOT_FOUND', 'You do not belong to such an organization.', ['input', 'organizationId'])
