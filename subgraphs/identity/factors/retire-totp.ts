import type { Context, Transaction } from '@guildhall/kit/context'
import { and, eq } from 'drizzle-orm'
import { totpSecretPlace } from '../domain/totp.ts'
import { totpFactors } from '../tables.ts'

/** Ends the authenticator app of an account; that there was one stays on record, its secret does not. */
export async function retireTotp(ctx: Context, tx: Transaction, userId: string): Promise<boolean> {
  const active = and(eq(totpFactors.userId, userId), eq(totpFactors.status, 'ACTIVE'))
  const [factor] = await tx.select({ id: totpFactors.id }).from(totpFactors).where(active)
  if (!factor) return false
  const retired = await tx
    .update(totpFactors)
    .set({
      status: 'REMOVED',
      removedAt: ctx.now(),
      secret: ctx.vault.seal('', totpSecretPlace(factor)),
    })
    .where(and(eq(totpFactors.id, factor.id), active))
    .returning({ id: totpFactors.id })
  return retired.length > 0
}
