import type { Context, Transaction } from '@guildhall/kit/context'
import { and, eq, inArray } from 'drizzle-orm'
import { type ErasureRow, erasures } from '../tables.ts'

/** The erasure of a person that is not over. */
export async function openErasureOf(
  db: Context['db'] | Transaction,
  userId: string,
): Promise<ErasureRow | null> {
  const [open] = await db
    .select()
    .from(erasures)
    .where(and(eq(erasures.userId, userId), inArray(erasures.status, ['GRACE', 'RUNNING', 'FAILED'])))
  return open ?? null
}
