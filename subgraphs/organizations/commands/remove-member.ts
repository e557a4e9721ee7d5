import { done, failed, type Outcome } from '@guildhall/kit/outcome'
import contract from '../contract.ts'
import type { RemoveMemberInput } from '../generated/graphql.ts'
import { sourcesOf } from '../grants.ts'
import type { Ctx } from '../loaders.ts'
import { lockMember } from '../locks.ts'
import { membershipConstraints, part } from '../memberships.ts'
import { escalations } from '../roles.ts'

/** Ends somebody's membership, unless they hold more than the caller does. */
export const removeMember = (ctx: Ctx, input: RemoveMemberInput): Promise<Outcome<string>> =>
  ctx.transaction(
    'removeMember',
    async (tx) => {
      const locked = await lockMember(ctx, tx, input.id)
      if (!locked) return failed(contract.failure('NOT_FOUND', 'There is no such member.', ['input', 'id']))
      const { member, organization } = locked
      ctx.require('members:manage', member)
      const held = await sourcesOf(tx, member.userId, organization.id)
      const problems = escalations(ctx, organization.id, held, ['input', 'id'])
      if (problems.length > 0) return failed(...problems)
      await part(ctx, tx, organization, member.id, 'REMOVED')
      return done(member.id)
    },
    membershipConstraints,
    input,
  )
