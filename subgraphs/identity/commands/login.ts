import { done, failed, type Outcome } from '@guildhall/kit/outcome'
import { eq } from 'drizzle-orm'
import { issueAccessToken } from '../access-token.ts'
import contract, { sessionCreated } from '../contract.ts'
import { normalizeEmail } from '../domain/email.ts'
import { daysAfter, hashOf, randomToken, refreshTokenDays, sessionDays } from '../domain/refresh-token.ts'
import type { LoginInput, SessionTokens } from '../generated/graphql.ts'
import type { Ctx } from '../loaders.ts'
import { verifyPassword } from '../passwords.ts'
import {
  passwordCredentials,
  refreshTokens,
  type SessionRow,
  sessions,
  type UserRow,
  users,
} from '../tables.ts'

export interface Login {
  user: UserRow
  tokens: SessionTokens
}

/** Checks address and password and begins a session. An unknown address costs the same time as a wrong password. */
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
  const refreshToken = randomToken()
  const begun = await beginSession(ctx, found.user.id, refreshToken)
  if (!begun.ok) return begun
  const access = await issueAccessToken(ctx, begun.value)
  return done({ user: found.user, tokens: { ...access, refreshToken } })
}

const beginSession = (ctx: Ctx, userId: string, refreshToken: string): Promise<Outcome<SessionRow>> =>
  ctx.transaction('login', async (tx) => {
    const now = ctx.now()
    const [session] = await tx
      .insert(sessions)
      .values({ id: ctx.newId('ses'), userId, createdAt: now, expiresAt: daysAfter(now, sessionDays) })
      .returning()
    if (!session) throw new Error('insert returned nothing')
    await tx.insert(refreshTokens).values({
      id: ctx.newId('rft'),
      sessionId: session.id,
      hash: hashOf(refreshToken),
      nonce: randomToken(),
      issuedAt: now,
      expiresAt: daysAfter(now, refreshTokenDays),
    })
    await tx.emit(sessionCreated, { userId, sessionId: session.id })
    return done(session)
  })
