import type { Transaction } from '@guildhall/kit/context'
import { and, eq, inArray, sql } from 'drizzle-orm'
import contract from '../contract.ts'
import { settings } from '../settings.ts'
import { externalIdentities, passkeys, passwordCredentials } from '../tables.ts'

/**
 * Whether the person has a way to log in: a password, a passkey, or an identity at an issuer that the house still
 * trusts. Whoever takes one away holds the lock on the user's row and asks this before the commit.
 */
export async function canLogIn(tx: Transaction, userId: string): Promise<boolean> {
  const trusted = settings().OIDC_ISSUERS.map(({ issuer }) => issuer)
  const one = { one: sql`1` }
  const [found] = await tx.execute<{ can: boolean }>(sql`
    select
      exists(${tx.select(one).from(passwordCredentials).where(eq(passwordCredentials.userId, userId))})
      or exists(${tx.select(one).from(passkeys).where(eq(passkeys.userId, userId))})
      or exists(${tx
        .select(one)
        .from(externalIdentities)
        .where(
          and(eq(externalIdentities.userId, userId), inArray(externalIdentities.issuer, trusted)),
        )}) as can`)
  return found?.can === true
}

export const lastLoginMethod = () =>
  contract.failure(
    'LAST_LOGIN_METHOD',
    'You could not log in any more: set a password or add another way first.',
    ['input', 'id'],
  )
