import { createHash, createHmac, randomBytes } from 'node:crypto'
import type { RefreshTokenRow } from '../tables.ts'

/** A token that is not used for this long is worth nothing. */
export const refreshTokenDays = 14
/** A session ends after this long, however often it is refreshed. */
export const sessionDays = 90
/** How long a spent token still gives its unused successor again: for clients whose answer was lost on the way. */
export const graceSeconds = 10

/** The first token of a session: 256 random bits. */
export const randomToken = (): string => randomBytes(32).toString('base64url')

/** What is stored of a token. Tokens are random, so a fast hash is enough. */
export const hashOf = (token: string): string => createHash('sha256').update(token).digest('base64url')

/**
 * The successor of a token: an HMAC keyed with the token itself. Whoever holds the token can be given the successor
 * again, while the database, which knows hash and nonce alone, cannot tell it.
 */
export const successorOf = (token: string, nonce: string): string =>
  createHmac('sha256', token).update(nonce).digest('base64url')

export const daysAfter = (instant: Date, days: number): Date =>
  new Date(instant.getTime() + days * 24 * 60 * 60 * 1000)

/** What a spent token is worth: its unused successor for a short while, suspicion otherwise. */
export const isWithinGrace = (
  spent: Pick<RefreshTokenRow, 'usedAt'>,
  child: Pick<RefreshTokenRow, 'usedAt'> | undefined,
  now: Date,
): boolean =>
  spent.usedAt !== null &&
  child !== undefined &&
  child.usedAt === null &&
  now.getTime() - spent.usedAt.getTime() <= graceSeconds * 1000
