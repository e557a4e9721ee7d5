import { failed, type Outcome } from '@guildhall/kit/outcome'
import contract from '../contract.ts'
import type { ChangeMemberRoleInput } from '../generated/graphql.ts'
import type { Ctx } from '../loaders.ts'
import { lockMember } from '../locks.ts'
import { assign, membershipConstraints } from '../memberships.ts'
import { escalations, roleAsHanded } from '../roles.ts'
import type { OrganizationMemberRow } from '../tables.ts'

/** Gives a member another role: neither the old nor the new one may hold more than the caller does. */
export async function changeMemberRole(
  ctx: Ctx,
  input: ChangeMemberRoleInput,
): Promise<Outcome<OrganizationMemberRow>> {
  ctx.requireStepUp()
  return ctx.transaction(
    'changeMemberRole',
    async (tx) => {
      const locked = await lockMember(ctx, tx, input.id)
      if (!locked) return failed(contract.failure('NOT_FOUND', 'There is no such member.', ['input', 'id']))
      const { member, organization } = locked
      ctx.require('members:manage', member)
      const handed = [member.role, input.role].map(roleAsHanded)
      const problems = escalations(ctx, organization.id, handed, ['input', 'role'])
      if (problems.length > 0) return failed(...problems)
      return assign(ctx, tx, organization, member, input.role)
    },
    membershipConstraints,
    input,
  )
}
