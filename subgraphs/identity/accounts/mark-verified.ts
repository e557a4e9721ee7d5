import type { Context, Transaction } from '@guildhall/kit/context'
import { and, eq, isNull, sql } from 'drizzle-orm'
import { recordSecurity } from '../security/security-log.ts'
import { users } from '../tables.ts'

/** The person has shown that they read their address. A second time changes nothing. @returns whether it is the first. */
export async function markVerified(ctx: Context, tx: Transaction, userId: string): Promise<boolean> {
  const now = ctx.now()
  const [verified] = await tx
    .update(users)
    .set({ emailVerifiedAt: now, status: activeIfPending, updatedAt: now })
    .where(and(eq(users.id, userId), isNull(users.emailVerifiedAt)))
    .returning({ id: users.id })
  if (verified) await recordSecurity(ctx, tx, { userId, kind: 'EMAIL_VERIFIED' })
  return verified !== undefined
}

/** Nobody becomes usable again by a link who was suspended meanwhile. */
export const activeIfPending = sql`case when ${users.status} = 'PENDING_VERIFICATION'
  then 'ACTIVE' else ${users.status} end`
