import { done, failed, type Outcome } from '@guildhall/kit/outcome'
import { problemsOf, tidy } from '@guildhall/kit/validate'
import { and, eq } from 'drizzle-orm'
import { phoneOf, phonePlace } from '../accounts/phone.ts'
import contract, { userProfileUpdated } from '../contract.ts'
import { phoneNumber, profile, profileOf } from '../domain/profile.ts'
import type { UpdateProfileInput } from '../generated/graphql.ts'
import type { Ctx } from '../loaders.ts'
import { type UserRow, users } from '../tables.ts'

/** Changes one's own profile: what is left out (or null) stays; an empty number or picture is removed. */
export async function updateProfile(ctx: Ctx, input: UpdateProfileInput): Promise<Outcome<UserRow>> {
  const user = await ctx.loaders.user.load(ctx.requireViewer().userId)
  if (!user) return failed(contract.failure('NOT_FOUND', 'There is no such account.'))
  const wanted = {
    displayName: (input.displayName ?? user.displayName).trim(),
    locale: input.locale ?? user.locale,
    timezone: input.timezone ?? user.timezone,
    phone: input.phone == null ? phoneOf(ctx, user) : phoneNumber(input.phone) || null,
    avatarUrl: input.avatarUrl == null ? user.avatarUrl : tidy(input.avatarUrl),
  }
  const problems = problemsOf(profile, wanted)
  if (problems.length > 0) return failed(...problems)
  const phone = wanted.phone && ctx.vault.seal(wanted.phone, phonePlace(user))

  return ctx.transaction(
    'updateProfile',
    async (tx) => {
      const seen = input.expectedVersion ?? user.version
      const [changed] = await tx
        .update(users)

        .set({ ...wanted, phone, version: seen + 1, updatedAt: ctx.now() })
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
