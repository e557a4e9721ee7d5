import type { Context, Transaction } from '@guildhall/kit/context'
import { and, eq, isNull, sql } from 'drizzle-orm'
import { type AuthenticationMethod, passkeys, recoveryCodes, totpFactors } from '../tables.ts'

/** The second proofs that a person can show besides the first; empty when the account has none set up. */
export async function secondFactorsOf(
  db: Context['db'] | Transaction,
  userId: string,
): Promise<AuthenticationMethod[]> {
  const [found] = await db.execute<{ totp: boolean; passkey: boolean; recovery: boolean }>(sql`
    select
      exists(${db
        .select({ one: sql`1` })
        .from(totpFactors)
        .where(and(eq(totpFactors.userId, userId), eq(totpFactors.status, 'ACTIVE')))}) as totp,
      exists(${db.select({ one: sql`1` }).from(passkeys).where(eq(passkeys.userId, userId))}) as passkey,
      exists(${db
        .select({ one: sql`1` })
        .from(recoveryCodes)
        .where(and(eq(recoveryCodes.userId, userId), isNull(recoveryCodes.usedAt)))}) as recovery`)
  if (!found?.totp && !found?.passkey) return []
  return [
    ...(found.totp ? (['TOTP'] as const) : []),
    ...(found.passkey ? (['PASSKEY'] as const) : []),
    ...(found.recovery ? (['RECOVERY_CODE'] as const) : []),
  ]
}
