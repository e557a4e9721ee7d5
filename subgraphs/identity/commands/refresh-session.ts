import type { Transaction } from '@guildhall/kit/context'
import { done, failed, type Outcome } from '@guildhall/kit/outcome'
import { and, eq, isNull, or } from 'drizzle-orm'
import { alias } from 'drizzle-orm/pg-core'
import contract from '../contract.ts'
import {
  daysAfter,
  hashOf,
  isWithinGrace,
  randomToken,
  refreshTokenDays,
  successorOf,
} from '../domain/refresh-token.ts'
import { isUsable } from '../domain/user-status.ts'
import type { RefreshSessionInput, SessionTokens } from '../generated/graphql.ts'
import type { Ctx } from '../loaders.ts'
import { recordSecurity } from '../security/security-log.ts'
import { issueSessionToken } from '../sessions/access-token.ts'
import { revokeSessions } from '../sessions/revoke-sessions.ts'
import {
  type RefreshTokenRow,
  refreshTokens,
  type SessionRow,
  sessions,
  type UserRow,
  users,
} from '../tables.ts'

type Rotation =
  | { kind: 'rotated'; user: UserRow; session: SessionRow; refreshToken: string }
  | { kind: 'reused' }

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
  const { user, session, refreshToken } = outcome.value
  return done({ ...(await issueSessionToken(ctx, session, user)), refreshToken })
}

async function rotate(ctx: Ctx, tx: Transaction, token: string): Promise<Outcome<Rotation>> {
  const now = ctx.now()
  // An alias: what is locked cannot be named together with its schema.
  const family = alias(sessions, 'family')
  const [found] = await tx
    .select({ tokenId: refreshTokens.id, session: family, user: users })
    .from(refreshTokens)
    .innerJoin(family, eq(family.id, refreshTokens.sessionId))
    .innerJoin(users, eq(users.id, family.userId))
    .where(eq(refreshTokens.hash, hashOf(token)))
    .for('update', { of: family })
  if (!found) return unknown
  const { tokenId, session, user } = found
  if (session.revokedAt || session.expiresAt <= now || !isUsable(user)) return unknown

  // Read only now that the session is locked: what rivals did before is seen.
  const related = await tx
    .select()
    .from(refreshTokens)
    .where(or(eq(refreshTokens.id, tokenId), eq(refreshTokens.parentId, tokenId)))
  const own = related.find((row) => row.id === tokenId)
  const child = related.find((row) => row.parentId === tokenId)
  if (!own || own.expiresAt <= now) return refused('TOKEN_EXPIRED', 'This token is too old; log in again.')
  if (await spend(tx, own.id, now)) {
    const refreshToken = await insertChild(ctx, tx, own, token)
    await tx.update(sessions).set({ lastUsedAt: now }).where(eq(sessions.id, session.id))
    return done({ kind: 'rotated', user, session, refreshToken })
  }
  if (child && isWithinGrace(own, child, now)) {
    return done({ kind: 'rotated', user, session, refreshToken: successorOf(token, child.nonce) })
  }
  // Not a failed outcome: that would roll the revocation back.
  await revokeSessions(ctx, tx, 'REFRESH_REUSED', eq(sessions.id, session.id))
  await recordSecurity(ctx, tx, { userId: user.id, kind: 'TOKEN_REUSED', sessionId: session.id })
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
