import { done, failed, type Outcome } from '@guildhall/kit/outcome'
import { problemsOf } from '@guildhall/kit/validate'
import { and, eq, or, sql } from 'drizzle-orm'
import { noAccount } from '../accounts/no-account.ts'
import contract from '../contract.ts'
import { preference, preferencesMax } from '../domain/preferences.ts'
import type { SetPreferenceInput } from '../generated/graphql.ts'
import type { Ctx } from '../loaders.ts'
import { type UserRow, users } from '../tables.ts'

/** Keeps a small setting of a client, or removes it; one statement, so that settings written at once do not undo each other. */
export async function setPreference(ctx: Ctx, input: SetPreferenceInput): Promise<Outcome<UserRow>> {
  const { userId } = ctx.requireViewer()
  const problems = problemsOf(preference, input)
  if (problems.length > 0) return failed(...problems)
  const { name, value } = input
  const isKept = sql`jsonb_exists(${users.preferences}, ${name}::text)`
  const isRoom = sql`(select count(*) from jsonb_object_keys(${users.preferences})) < ${preferencesMax}`
  const preferences =
    value == null
      ? sql`${users.preferences} - ${name}::text`
      : sql`${users.preferences} || jsonb_build_object(${name}::text, ${value}::text)`
  return ctx.transaction(
    'setPreference',
    async (tx) => {
      const [changed] = await tx
        .update(users)
        .set({ preferences, updatedAt: ctx.now() })
        .where(and(eq(users.id, userId), value == null ? undefined : or(isKept, isRoom)))
        .returning()
      if (changed) return done(changed)
      const [user] = await tx.select({ id: users.id }).from(users).where(eq(users.id, userId))
      if (!user) return failed(noAccount())
      return failed(
        contract.failure('TOO_MANY_PREFERENCES', `At most ${preferencesMax} settings.`, ['input', 'name']),
      )
    },
    {},
    input,
  )
}
