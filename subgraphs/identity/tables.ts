import { identified, instant, timestamps, typeId, versioned } from '@guildhall/kit/columns'
import { backboneTables } from '@guildhall/kit/events/tables'
import { sql } from 'drizzle-orm'
import {
  type AnyPgColumn,
  check,
  index,
  integer,
  jsonb,
  pgSchema,
  text,
  uniqueIndex,
} from 'drizzle-orm/pg-core'
import type { JWK } from 'jose'

export const identitySchema = pgSchema('identity')
export const backbone = backboneTables(identitySchema)
export const { outbox, inbox, idempotency } = backbone

export const sessionEnd = identitySchema.enum('session_end', [
  'LOGOUT',
  'LOGOUT_EVERYWHERE',
  'REFRESH_REUSED',
])
export const signingKeyStatus = identitySchema.enum('signing_key_status', ['ACTIVE', 'RETIRING', 'RETIRED'])

export const users = identitySchema.table(
  'user',
  {
    ...identified('usr'),
    /** Normalised by `domain/email.ts`; the check below keeps anything else out. */
    email: text().notNull(),
    displayName: text().notNull(),
    locale: text().notNull(),
    timezone: text().notNull(),
    platformRoles: text().array().notNull().default(sql`'{}'`),
    /** Grows when what the person may do changes anywhere. */
    permissionsVersion: integer().notNull().default(1),
    /** When the last attempt to register this address again was told of. */
    registrationRepeatedAt: instant(),
    ...versioned,
    ...timestamps,
  },
  (t) => [
    uniqueIndex('user_email_unique').on(t.email),
    check('user_email_normalised', sql`${t.email} = lower(${t.email})`),
  ],
)

/** Apart from the user, so that no read of a user ever carries it. */
export const passwordCredentials = identitySchema.table('password_credential', {
  userId: typeId('usr')
    .primaryKey()
    .notNull()
    .references(() => users.id),
  /** PHC string: algorithm, cost, salt and hash. */
  hash: text().notNull(),
  changedAt: instant().notNull(),
})

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
    revokedAt: instant(),
    revokedReason: sessionEnd(),
  },
  (t) => [
    check('session_revoked_with_reason', sql`(${t.revokedAt} is null) = (${t.revokedReason} is null)`),
    index('session_live_by_user').on(t.userId).where(sql`${t.revokedAt} is null`),
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

export const signingKeys = identitySchema.table(
  'signing_key',
  {
    kid: text().primaryKey().notNull(),
    status: signingKeyStatus().notNull(),
    publicJwk: jsonb().$type<JWK>().notNull(),
    /** The private JWK, sealed by `domain/seal.ts`. */
    privateJwk: text().notNull(),
    createdAt: instant().notNull(),
  },
  (t) => [uniqueIndex('signing_key_one_active').on(t.status).where(sql`${t.status} = 'ACTIVE'`)],
)

export type UserRow = typeof users.$inferSelect
export type SessionRow = typeof sessions.$inferSelect
export type RefreshTokenRow = typeof refreshTokens.$inferSelect
export type SigningKeyRow = typeof signingKeys.$inferSelect
