import { done, failed, type Outcome } from '@guildhall/kit/outcome'
import { lockAccount } from '../accounts/lock-account.ts'
import { lastAdminProblems } from '../administration/platform-admins.ts'
import { setRoles } from '../administration/set-roles.ts'
import contract from '../contract.ts'
import { isUsable } from '../domain/user-status.ts'
import type { SetPlatformRolesInput } from '../generated/graphql.ts'
import type { Ctx } from '../loaders.ts'
import type { UserRow } from '../tables.ts'

/** Names somebody's roles on the platform. Roles are for people, and new ones for accounts that can be used. */
export async function setPlatformRoles(ctx: Ctx, input: SetPlatformRolesInput): Promise<Outcome<UserRow>> {
  ctx.require('users:manage', { organizationId: null })
  ctx.requireStepUp()
  const user = await ctx.loaders.user.load(input.id)
  if (user?.kind !== 'PERSON') {
    return failed(contract.failure('NOT_FOUND', 'There is no such person.', ['input', 'id']))
  }
  const roles = [...new Set(input.roles)].sort()

  return ctx.transaction(
    'setPlatformRoles',
    async (tx) => {
      const last = roles.includes('ADMIN') ? [] : await lastAdminProblems(tx, user.id)
      if (last.length > 0) return failed(...last)
      const locked = await lockAccount(tx, user.id)
      if (!locked || (roles.length > 0 && !isUsable(locked))) {
        return failed(contract.failure('ACCOUNT_SUSPENDED', 'This account cannot be used.', ['input', 'id']))
      }
      return done(await setRoles(ctx, tx, user.id, roles))
    },
    {},
    input,
  )
}
