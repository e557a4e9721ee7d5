import { done, failed, type Outcome } from '@guildhall/kit/outcome'
import contract from '../contract.ts'
import type { RemoveMemberInput } from '../generated/graphql.ts'
import type { Ctx } from '../loaders.ts'
import { lockMember } from '../lock-member.ts'
import { membershipConstraints, part } from '../memberships.ts'
import { escalations } from '../roles.ts'

/** Ends somebody's membership, unless their role holds more than the caller does. */
export const removeMember = (ctx: Ctx, input: RemoveMemberInput): Promise<Outcome<string>> =>
  ctx.transaction(
    'removeMember',
    async (tx) => {
      const locked = await lockMember(ctx, tx, input.id)
      if (!locked) return failed(contract.failure('NOT_FOUND', 'There is no such member.', ['input', 'id']))
      const { member, organization } = locked
      ctx.require('members:manage', member)
      const problems = escalations(ctx, organization.id, [member.role], ['input', 'id'])
      if (problems.length > 0) return failed(...problems)
      await part(ctx, tx, organization, member.id, 'REMOVED')
      return done(member.id)
    },
    membershipConstraints,
    input,
  )
