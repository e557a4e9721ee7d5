import type { Transaction } from '@guildhall/kit/context'
import { eq } from 'drizzle-orm'
import { type UserRow, users } from '../tables.ts'

/**
 * Makes everything that decides on the proofs of one account stand in line until the end of the transaction, so that
 * many guesses at once are worth no more than one after the other. Null: there is no such account.
 */
export async function lockAccount(tx: Transaction, userId: string): Promise<UserRow | null> {
  const [user] = await tx.select().from(users).where(eq(users.id, userId)).for('no key update')
  return user ?? null
}
