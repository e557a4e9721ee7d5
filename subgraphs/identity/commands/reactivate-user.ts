import { failed, type Outcome } from '@guildhall/kit/outcome'
import { changeStatus } from '../administration/change-status.ts'
import contract from '../contract.ts'
import { returnStatus } from '../domain/user-status.ts'
import type { ReactivateUserInput } from '../generated/graphql.ts'
import type { Ctx } from '../loaders.ts'
import type { UserRow } from '../tables.ts'

/** Lets somebody in again. A machine that its organization has removed stays away. */
export async function reactivateUser(ctx: Ctx, input: ReactivateUserInput): Promise<Outcome<UserRow>> {
  ctx.require('users:manage', { organizationId: null })
  const user = await ctx.loaders.user.load(input.id)
  if (!user) return failed(contract.failure('NOT_FOUND', 'There is no such account.', ['input', 'id']))

  return ctx.transaction(
    'reactivateUser',
    (tx) =>
      changeStatus(ctx, tx, user.id, {
        to: returnStatus(user),
        from: user.kind === 'PERSON' ? ['SUSPENDED', 'DEACTIVATED'] : ['SUSPENDED'],
        kind: 'REACTIVATED',
      }),
    {},
    input,
  )
}
