import type { Context, Transaction } from '@guildhall/kit/context'
import { eq } from 'drizzle-orm'
import { z } from 'zod'
import { issueToken } from '../accounts/one-time-tokens.ts'
import { type UserRow, users } from '../tables.ts'

/** What the person is asked to agree to. */
export interface LinkOffer {
  token: string
  email: string
  expiresAt: Date
}

/** The identity that an offer is about. */
export const offeredIdentity = z.object({ issuer: z.string(), subject: z.string(), label: z.string() })

/** Offers an account an identity; the latest offer to an account replaces the one before. */
export async function offerLink(
  ctx: Context,
  tx: Transaction,
  { id }: UserRow,
  email: string,
  identity: z.infer<typeof offeredIdentity>,
): Promise<LinkOffer> {
  const issued = await issueToken(ctx, tx, eq(users.id, id), 'LINK_IDENTITY', JSON.stringify(identity))
  if (!issued) throw new Error('an account that was just seen is not there')
  return { token: issued.token, email, expiresAt: issued.expiresAt }
}
