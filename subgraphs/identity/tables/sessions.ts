import { identified, instant, typeId } from '@guildhall/kit/columns'
import { sql } from 'drizzle-orm'
import { type AnyPgColumn, boolean, check, index, integer, text, uniqueIndex } from 'drizzle-orm/pg-core'
import { users } from './accounts.ts'
import { identitySchema } from './schema.ts'

export const sessionEnd = identitySchema.enum('session_end', [
  'LOGOUT',
  'LOGOUT_EVERYWHERE',
  'REFRESH_REUSED',
  'REVOKED',
  'TOO_MANY',
  'PASSWORD_CHANGED',
  'PASSWORD_RESET',
  'SUSPENDED',
  'ERASED',
  'IMPERSONATION_ENDED',
])

export const authenticationMethod = identitySchema.enum('authentication_method', [
  'PASSWORD',
  'TOTP',
  'RECOVERY_CODE',
  'PASSKEY',
  'EXTERNAL',
  'IMPERSONATION',
])

export const sessions = identitySchema.table(
  'session',
  {
    ...identified('ses'),
    userId: typeId('usr')
      .notNull()
      .references(() => users.id),
    createdAt: instant().notNull(),
    /** However often it is refreshed, the session ends here. */
    expiresAt: instant().notNull(),
    /** When tokens were last given out. */
    lastUsedAt: instant().notNull(),
    /** What the person calls the device; at first what we made of its user agent. */
    label: text().notNull(),
    /** What we made of its user agent. */
    device: text().notNull().default('unknown device'),
    userAgent: text(),
    /** IP address of the login. */
    address: text(),
    /** The network of that address: with `device` it tells whether a login comes from somewhere new. */
    network: text(),
    /** How the person proved who they are. */
    methods: authenticationMethod().array().notNull(),
    /** The last proof as strong as the account allows; dangerous operations want it fresh. Null: never that strong. */
    steppedUpAt: instant(),
    /** Who acts in the person's name, and why. */
    impersonatorId: typeId('usr').references(() => users.id),
    impersonationReason: text(),
    isReadOnly: boolean().notNull().default(false),
    revokedAt: instant(),
    revokedReason: sessionEnd(),
  },
  (t) => [
    check('session_revoked_with_reason', sql`(${t.revokedAt} is null) = (${t.revokedReason} is null)`),
    check(
      'session_impersonated_with_reason',
      sql`(${t.impersonatorId} is null) = (${t.impersonationReason} is null)`,
    ),
    index('session_live_by_user').on(t.userId, t.createdAt).where(sql`${t.revokedAt} is null`),
    index('session_by_device').on(t.userId, t.device, t.network),
    index('session_by_end').on(sql`least(${t.revokedAt}, ${t.expiresAt})`),
  ],
)

/** The tokens of a session form one chain: `refresh_token_one_child` lets each have one successor and no more. */
export const refreshTokens = identitySchema.table(
  'refresh_token',
  {
    ...identified('rft'),
    sessionId: typeId('ses')
      .notNull()
      .references(() => sessions.id),
    parentId: typeId('rft').references((): AnyPgColumn => refreshTokens.id, { onDelete: 'set null' }),
    /** SHA-256 of the token. */
    hash: text().notNull(),
    /** With the parent's token it gives this token again; see `domain/refresh-token.ts`. */
    nonce: text().notNull(),
    issuedAt: instant().notNull(),
    expiresAt: instant().notNull(),
    usedAt: instant(),
  },
  (t) => [
    uniqueIndex('refresh_token_hash_unique').on(t.hash),
    uniqueIndex('refresh_token_one_child').on(t.parentId),
    index('refresh_token_by_expiry').on(t.expiresAt),
  ],
)

/** A login that has shown one proof and still owes a second. */
export const loginChallenges = identitySchema.table(
  'login_challenge',
  {
    ...identified('lch'),
    userId: typeId('usr')
      .notNull()
      .references(() => users.id),
    /** SHA-256 of the token that the client holds. */
    hash: text().notNull(),
    methods: authenticationMethod().array().notNull(),
    createdAt: instant().notNull(),
    expiresAt: instant().notNull(),
    usedAt: instant(),
    /** Wrong answers so far. */
    attempts: integer().notNull().default(0),
  },
  (t) => [
    uniqueIndex('login_challenge_hash_unique').on(t.hash),
    index('login_challenge_by_expiry').on(t.expiresAt),
  ],
)

export type SessionRow = typeof sessions.$inferSelect
export type OpenChallengeRow = typeof loginChallenges.$inferSelect
export type AuthenticationMethod = (typeof authenticationMethod.enumValues)[number]
export type RefreshTokenRow = typeof refreshTokens.$inferSelect
