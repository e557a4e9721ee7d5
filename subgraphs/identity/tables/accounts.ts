import { identified, instant, timestamps, typeId, versioned } from '@guildhall/kit/columns'
import type { Connection } from '@guildhall/kit/paging'
import { sql } from 'drizzle-orm'
import { check, index, integer, jsonb, text, uniqueIndex } from 'drizzle-orm/pg-core'
import { identitySchema } from './schema.ts'

export const userKind = identitySchema.enum('user_kind', ['PERSON', 'SERVICE'])
export const userStatus = identitySchema.enum('user_status', [
  'PENDING_VERIFICATION',
  'ACTIVE',
  'SUSPENDED',
  'DEACTIVATED',
  'ERASED',
])
export const tokenPurpose = identitySchema.enum('token_purpose', [
  'VERIFY_EMAIL',
  'CHANGE_EMAIL',
  'RESET_PASSWORD',
  'LINK_IDENTITY',
])

export const users = identitySchema.table(
  'user',
  {
    ...identified('usr'),
    kind: userKind().notNull().default('PERSON'),
    status: userStatus().notNull().default('PENDING_VERIFICATION'),
    /** Normalised by `domain/email.ts`; the check below keeps anything else out. Null for services and the erased. */
    email: text(),
    emailVerifiedAt: instant(),
    displayName: text().notNull(),
    locale: text().notNull(),
    timezone: text().notNull(),
    /** E.164, sealed. */
    phone: text(),
    avatarUrl: text(),
    /** Small settings of clients, name → JSON text. */
    preferences: jsonb().$type<Record<string, string>>().notNull().default({}),
    platformRoles: text().array().notNull().default(sql`'{}'`),
    /** Grows when what the person may do changes anywhere. */
    permissionsVersion: integer().notNull().default(1),
    /** When the last attempt to register this address again was told of. */
    registrationRepeatedAt: instant(),
    suspendedAt: instant(),
    suspendedReason: text(),
    ...versioned,
    ...timestamps,
  },
  (t) => [
    uniqueIndex('user_email_unique').on(t.email),
    check('user_email_normalised', sql`${t.email} = lower(${t.email})`),
    check(
      'user_email_of_people',
      sql`(${t.email} is not null) = (${t.kind} = 'PERSON' and ${t.status} <> 'ERASED')`,
    ),
    check('user_suspended_at', sql`(${t.suspendedAt} is not null) = (${t.status} = 'SUSPENDED')`),
    index('user_by_creation').on(t.createdAt, t.id),
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

/** Hashes of the last passwords, so that they do not come back. */
export const formerPasswords = identitySchema.table(
  'former_password',
  {
    ...identified('fpw'),
    userId: typeId('usr')
      .notNull()
      .references(() => users.id),
    hash: text().notNull(),
    replacedAt: instant().notNull(),
  },
  (t) => [index('former_password_by_user').on(t.userId, t.replacedAt)],
)

/** What was sent to an address to prove that somebody reads it: good once, and only the latest of its purpose. */
export const oneTimeTokens = identitySchema.table(
  'one_time_token',
  {
    ...identified('ott'),
    userId: typeId('usr')
      .notNull()
      .references(() => users.id),
    purpose: tokenPurpose().notNull(),
    /** SHA-256 of the token. */
    hash: text().notNull(),
    /** What the token is about (the new address, the identity to link), sealed. */
    payload: text(),
    createdAt: instant().notNull(),
    expiresAt: instant().notNull(),
    /** Spent, or made void by a later one. */
    usedAt: instant(),
  },
  (t) => [
    uniqueIndex('one_time_token_hash_unique').on(t.hash),
    uniqueIndex('one_time_token_one_open').on(t.userId, t.purpose).where(sql`${t.usedAt} is null`),
    index('one_time_token_by_expiry').on(t.expiresAt),
  ],
)

export type UserRow = typeof users.$inferSelect
export type UserConnectionRow = Connection<UserRow>
export type OneTimeTokenRow = typeof oneTimeTokens.$inferSelect
