import { failed, type Outcome } from '@guildhall/kit/outcome'
import { eq } from 'drizzle-orm'
import { admit } from '../admit.ts'
import { type Login, loginOf } from '../begin-session.ts'
import contract from '../contract.ts'
import { normalizeEmail } from '../domain/email.ts'
import type { LoginInput } from '../generated/graphql.ts'
import type { Ctx } from '../loaders.ts'
import { verifyPassword } from '../passwords.ts'
import { passwordCredentials, users } from '../tables.ts'

/** Checks address and password and admits the person. An unknown address costs the same time as a wrong password. */
export async function login(ctx: Ctx, input: LoginInput): Promise<Outcome<Login>> {
  const [found] = await ctx.db
    .select({ user: users, hash: passwordCredentials.hash })
    .from(users)
    .innerJoin(passwordCredentials, eq(passwordCredentials.userId, users.id))
    .where(eq(users.email, normalizeEmail(input.email)))
  const fits = await verifyPassword(input.password, found?.hash ?? null)
  if (!found || !fits) {
    return failed(contract.failure('INVALID_CREDENTIALS', 'Address or password is wrong.', ['input']))
  }
  const outcome = await ctx.transaction('login', (tx) => admit(ctx, tx, found.user, ['PASSWORD']))
  return outcome.ok ? { ok: true, value: await loginOf(ctx, outcome.value) } : outcome
}
