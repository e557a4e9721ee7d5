import type { Transaction } from '@guildhall/kit/context'
import { done, failed, type Outcome } from '@guildhall/kit/outcome'
import { and, eq, isNull, or } from 'drizzle-orm'
import { issueAccessToken } from '../access-token.ts'
import contract from '../contract.ts'
import {
  daysAfter,
  hashOf,
  isWithinGrace,
  randomToken,
  refreshTokenDays,
  successorOf,
} from '../domain/refresh-token.ts'
import type { RefreshSessionInput, SessionTokens } from '../generated/graphql.ts'
import type { Ctx } from '../loaders.ts'
import { revokeSessions } from '../revoke-sessions.ts'
import { type RefreshTokenRow, refreshTokens, type SessionRow, sessions } from '../tables.ts'

type Rotation = { kind: 'rotated'; session: SessionRow; refreshToken: string } | { kind: 'reused' }

/**
 * Rotates a refresh token. All uses of a session's tokens stand in line at its row, so that of many parallel ones the
 * first makes the successor and the others are given the same one; whoever comes later with a spent token is taken for
 * a thief or for the one who was robbed, and the session ends for both.
 */
export async function refreshSession(ctx: Ctx, input: RefreshSessionInput): Promise<Outcome<SessionTokens>> {
  const outcome = await ctx.transaction('refreshSession', (tx) => rotate(ctx, tx, input.refreshToken))
  if (!outcome.ok) return outcome
  if (outcome.value.kind === 'reused') {
    return refused('REFRESH_REUSED', 'This token was spent before. To be safe, the session was ended.')
  }
  const { session, refreshToken } = outcome.value
  return done({ ...(await issueAccessToken(ctx, session)), refreshToken })
}

async function rotate(ctx: Ctx, tx: Transaction, token: string): Promise<Outcome<Rotation>> {
  const now = ctx.now()
  const [presented] = await tx
    .select({ id: refreshTokens.id, sessionId: refreshTokens.sessionId })
    .from(refreshTokens)
    .where(eq(refreshTokens.hash, hashOf(token)))
  if (!presented) return unknown
  const [session] = await tx.select().from(sessions).where(eq(sessions.id, presented.sessionId)).for('update')
  if (!session || session.revokedAt || session.expiresAt <= now) return unknown

  const family = or(eq(refreshTokens.id, presented.id), eq(refreshTokens.parentId, presented.id))
  const related = await tx.select().from(refreshTokens).where(family)
  const own = related.find((row) => row.id === presented.id)
  const child = related.find((row) => row.parentId === presented.id)
  if (!own || own.expiresAt <= now) return refused('TOKEN_EXPIRED', 'This token is too old; log in again.')
  if (await spend(tx, own.id, now)) {
    return done({ kind: 'rotated', session, refreshToken: await insertChild(ctx, tx, own, token) })
  }
  if (child && isWithinGrace(own, child, now)) {
    return done({ kind: 'rotated', session, refreshToken: successorOf(token, child.nonce) })
  }
  // Not a failed outcome: that would roll the revocation back.
  await revokeSessions(ctx, tx, 'REFRESH_REUSED', eq(sessions.id, session.id))
  return done({ kind: 'reused' })
}

/** Compare-and-set: a token is spent once, whoever else may try. */
async function spend(tx: Transaction, id: string, now: Date): Promise<boolean> {
  const spent = await tx
    .update(refreshTokens)
    .set({ usedAt: now })
    .where(and(eq(refreshTokens.id, id), isNull(refreshTokens.usedAt)))
    .returning({ id: refreshTokens.id })
  return spent.length > 0
}

async function insertChild(
  ctx: Ctx,
  tx: Transaction,
  parent: RefreshTokenRow,
  parentToken: string,
): Promise<string> {
  const nonce = randomToken()
  const token = successorOf(parentToken, nonce)
  const now = ctx.now()
  await tx.insert(refreshTokens).values({
    id: ctx.newId('rft'),
    sessionId: parent.sessionId,
    parentId: parent.id,
    hash: hashOf(token),
    nonce,
    issuedAt: now,
    expiresAt: daysAfter(now, refreshTokenDays),
  })
  return token
}

const refused = (code: 'TOKEN_INVALID' | 'TOKEN_EXPIRED' | 'REFRESH_REUSED', message: string) =>
  failed(contract.failure(code, message, ['input', 'refreshToken']))

const unknown = refused('TOKEN_INVALID', 'This token is not good; log in again.')
