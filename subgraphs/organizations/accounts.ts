import { normalizeEmail } from './domain/organization.ts'
import type { Ctx } from './loaders.ts'

/** The account that has an address, or null. Asks identity as this service. */
export async function accountOf(ctx: Ctx, email: string): Promise<string | null> {
  const { userIdByEmail } = await ctx.peers.ask<{ userIdByEmail: string | null }>(
    'identity',
    'query ($email: String!) { userIdByEmail(email: $email) }',
    { email },
  )
  return userIdByEmail
}

/** The address of the person calling, and whether they have shown that they read it. */
export interface Address {
  email: string
  isVerified: boolean
}

/** The caller's address, or null. Asks identity in the caller's name, who alone may read it. */
export async function addressOf(ctx: Ctx, userId: string): Promise<Address | null> {
  const user = await ctx.peers.entity<{ email: string | null; isEmailVerified: boolean | null }>(
    'identity',
    'User',
    userId,
    'email isEmailVerified',
    ctx.token,
  )
  return user?.email ? { email: normalizeEmail(user.email), isVerified: user.isEmailVerified === true } : null
}
