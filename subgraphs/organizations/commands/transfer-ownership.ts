import { done, failed, type Outcome } from '@guildhall/kit/outcome'
import { and, eq } from 'drizzle-orm'
import contract from '../contract.ts'
import type { TransferOwnershipInput } from '../generated/graphql.ts'
import type { Ctx } from '../loaders.ts'
import { lockMember } from '../locks.ts'
import { assign, membershipConstraints } from '../memberships.ts'
import { members, type OrganizationMemberRow } from '../tables.ts'

/** Makes a member an owner in the caller's place, who stays as ADMIN. Of two transfers by one owner, one finds an owner. */
export async function transferOwnership(
  ctx: Ctx,
  input: TransferOwnershipInput,
): Promise<Outcome<OrganizationMemberRow>> {
  const { userId } = ctx.requireViewer()
  ctx.requireStepUp()
  return ctx.transaction(
    'transferOwnership',
    async (tx) => {
      const path = ['input', 'memberId']
      const locked = await lockMember(ctx, tx, input.memberId)
      if (!locked) return failed(contract.failure('NOT_FOUND', 'There is no such member.', path))
      const { member, organization } = locked
      ctx.require('organizations:own', { organizationId: organization.id })
      if (member.userId === userId) {
        return failed(contract.failure('INVALID_VALUE', 'You are an owner already.', path))
      }
      const mine = and(eq(members.organizationId, organization.id), eq(members.userId, userId))
      const [own] = await tx.select().from(members).where(mine)
      if (own?.role !== 'OWNER') {
        return failed(contract.failure('NOT_AN_OWNER', 'You do not own the organization.', ['input']))
      }
      // First the one, then the other: there is an owner at any moment.
      const heir = await assign(ctx, tx, organization, member, 'OWNER')
      if (!heir.ok) return heir
      const former = await assign(ctx, tx, organization, own, 'ADMIN')
      return former.ok ? done(heir.value) : former
    },
    membershipConstraints,
    input,
  )
}
