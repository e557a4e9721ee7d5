import type { Transaction } from '@guildhall/kit/context'
import { failed, type Outcome } from '@guildhall/kit/outcome'
import { and, eq } from 'drizzle-orm'
import contract from '../contract.ts'
import { normalizeEmail } from '../domain/email.ts'
import type { LoginInput } from '../generated/graphql.ts'
import type { Ctx } from '../loaders.ts'
import { checkPassword } from '../passwords/check-password.ts'
import { admit } from '../sessions/admit.ts'
import { type Login, loginOf } from '../sessions/begin-session.ts'
import { passwordCredentials, users } from '../tables.ts'

/** Checks address and password and admits the person. An unknown address costs the same time as a wrong password. */
export async function login(ctx: Ctx, input: LoginInput): Promise<Outcome<Login>> {
  const email = normalizeEmail(input.email)
  const [found] = await ctx.db
    .select({ user: users, hash: passwordCredentials.hash })
    .from(users)
    .leftJoin(passwordCredentials, eq(passwordCredentials.userId, users.id))
    .where(eq(users.email, email))
  const tried = { email, userId: found?.user.id ?? null, hash: found?.hash ?? null }
  const checked = await checkPassword(ctx, tried, input.password)
  if (!checked.ok) return checked
  if (!found) throw new Error('a password fitted nobody')
  const outcome = await ctx.transaction('login', async (tx) =>
    (await isStill(tx, found.user.id, checked.value))
      ? admit(ctx, tx, found.user, ['PASSWORD'])
      : failed(contract.failure('INVALID_CREDENTIALS', 'Address or password is wrong.', ['input'])),
  )
  return outcome.ok ? { ok: true, value: await loginOf(ctx, outcome.value) } : outcome
}

/**
 * Whether the password that was checked is that of the account, until the end of the transaction: a session that begins
 * with the old one while it is being changed is ended by the change, or does not begin.
 */
async function isStill(tx: Transaction, userId: string, hash: string): Promise<boolean> {
  const [same] = await tx
    .select({ userId: passwordCredentials.userId })
    .from(passwordCredentials)
    .where(and(eq(passwordCredentials.userId, userId), eq(passwordCredentials.hash, hash)))
    .for('share')
  return same !== undefined
}
