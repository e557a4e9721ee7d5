import type { Transaction } from '@guildhall/kit/context'
import { done, failed, type Outcome } from '@guildhall/kit/outcome'
import { problemsOf } from '@guildhall/kit/validate'
import { and, eq, isNull, lte, or } from 'drizzle-orm'
import { registrationRepeated, userRegistered } from '../contract.ts'
import { emailAddress, normalizeEmail } from '../domain/email.ts'
import { passwordProblems } from '../domain/password.ts'
import { profile, profileOf } from '../domain/profile.ts'
import type { RegisterUserInput } from '../generated/graphql.ts'
import type { Ctx } from '../loaders.ts'
import { hashPassword } from '../passwords.ts'
import { passwordCredentials, users } from '../tables.ts'

const repeatedOncePerMs = 60 * 60 * 1000

/**
 * Opens an account. A taken address takes the same way: the same checks, the same hashing, the same answer; the account
 * that has it is told. The unique index decides between rivals.
 */
export async function registerUser(ctx: Ctx, input: RegisterUserInput): Promise<Outcome<boolean>> {
  const { password, displayName, locale, timezone, idempotencyKey } = input
  const email = normalizeEmail(input.email)
  const problems = [
    ...problemsOf(profile.extend({ email: emailAddress }), input),
    ...passwordProblems(password, email),
  ]
  if (problems.length > 0) return failed(...problems)
  const hash = await hashPassword(password)

  return ctx.transaction(
    'registerUser',
    async (tx) => {
      const now = ctx.now()
      const [user] = await tx
        .insert(users)
        .values({
          id: ctx.newId('usr'),
          email,
          displayName: displayName.trim(),
          locale,
          timezone,
          createdAt: now,
          updatedAt: now,
        })
        .onConflictDoNothing({ target: users.email })
        .returning()
      if (user) {
        await tx.insert(passwordCredentials).values({ userId: user.id, hash, changedAt: now })
        await tx.emit(userRegistered, profileOf(user))
      } else await tellOwner(tx, email, now)
      return done(true)
    },
    {},
    // Strangers share the actor "anonymous", hence the address in the key; and no hash of the password is kept.
    { idempotencyKey: idempotencyKey ? `${email} ${idempotencyKey}` : null },
  )
}

/** At most once per hour, so that nobody can flood a stranger's inbox from here. */
async function tellOwner(tx: Transaction, email: string, now: Date): Promise<void> {
  const hourAgo = new Date(now.getTime() - repeatedOncePerMs)
  const [owner] = await tx
    .update(users)
    .set({ registrationRepeatedAt: now })
    .where(
      and(
        eq(users.email, email),
        or(isNull(users.registrationRepeatedAt), lte(users.registrationRepeatedAt, hourAgo)),
      ),
    )
    .returning({ id: users.id })
  if (owner) await tx.emit(registrationRepeated, { userId: owner.id })
}
