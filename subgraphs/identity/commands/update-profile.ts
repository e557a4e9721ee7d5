import { done, failed, type Outcome } from '@guildhall/kit/outcome'
import { problemsOf } from '@guildhall/kit/validate'
import { and, eq } from 'drizzle-orm'
import contract, { userProfileUpdated } from '../contract.ts'
import { profile, profileOf } from '../domain/profile.ts'
import type { UpdateProfileInput } from '../generated/graphql.ts'
import type { Ctx } from '../loaders.ts'
import { type UserRow, users } from '../tables.ts'

/** Changes one's own profile: what is left out (or null) stays. */
export async function updateProfile(ctx: Ctx, input: UpdateProfileInput): Promise<Outcome<UserRow>> {
  const user = await ctx.loaders.user.load(ctx.requireViewer().userId)
  if (!user) return failed(contract.failure('NOT_FOUND', 'There is no such account.'))
  const wanted = {
    displayName: (input.displayName ?? user.displayName).trim(),
    locale: input.locale ?? user.locale,
    timezone: input.timezone ?? user.timezone,
  }
  const problems = problemsOf(profile, wanted)
  if (problems.length > 0) return failed(...problems)

  return ctx.transaction(
    'updateProfile',
    async (tx) => {
      const seen = input.expectedVersion ?? user.version
      const [changed] = await tx
        .update(users)
        .set({ ...wanted, version: seen + 1, updatedAt: ctx.now() })
        .where(and(eq(users.id, user.id), eq(users.version, seen)))
        .returning()
      if (!changed) {
        return failed(
          contract.failure('VERSION_CONFLICT', 'The profile was changed meanwhile.', [
            'input',
            'expectedVersion',
          ]),
        )
      }
      await tx.emit(userProfileUpdated, profileOf(changed))
      return done(changed)
    },
    {},
    input,
  )
}
