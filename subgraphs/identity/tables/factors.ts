import { identified, instant, typeId } from '@guildhall/kit/columns'
import { sql } from 'drizzle-orm'
import { bigint, boolean, check, index, integer, text, uniqueIndex } from 'drizzle-orm/pg-core'
import { users } from './accounts.ts'
import { identitySchema } from './schema.ts'

export const totpStatus = identitySchema.enum('totp_status', ['ENROLLING', 'ACTIVE', 'REMOVED'])
export const passkeyPurpose = identitySchema.enum('passkey_purpose', ['REGISTER', 'LOGIN', 'STEP_UP'])

/** How many passkeys an account can have. */
export const passkeysMax = 20

export const totpFactors = identitySchema.table(
  'totp_factor',
  {
    ...identified('mfa'),
    userId: typeId('usr')
      .notNull()
      .references(() => users.id),
    label: text().notNull(),
    /** Base32, sealed. */
    secret: text().notNull(),
    status: totpStatus().notNull().default('ENROLLING'),
    /** The last time step that was accepted: none is accepted twice. */
    lastUsedStep: bigint({ mode: 'number' }).notNull().default(0),
    createdAt: instant().notNull(),
    confirmedAt: instant(),
    removedAt: instant(),
  },
  (t) => [
    uniqueIndex('totp_factor_one_active').on(t.userId).where(sql`${t.status} = 'ACTIVE'`),
    uniqueIndex('totp_factor_one_enrolling').on(t.userId).where(sql`${t.status} = 'ENROLLING'`),
  ],
)

/** Good once each, for those who lost their device. */
export const recoveryCodes = identitySchema.table(
  'recovery_code',
  {
    ...identified('rcv'),
    userId: typeId('usr')
      .notNull()
      .references(() => users.id),
    /** SHA-256 of the code: codes are random and long. */
    hash: text().notNull(),
    createdAt: instant().notNull(),
    usedAt: instant(),
  },
  (t) => [uniqueIndex('recovery_code_once').on(t.userId, t.hash)],
)

export const passkeys = identitySchema.table(
  'passkey',
  {
    ...identified('pky'),
    userId: typeId('usr')
      .notNull()
      .references(() => users.id),
    /** From 1: each passkey of an account has one of its own, so that there are no more passkeys than slots. */
    slot: integer().notNull(),
    label: text().notNull(),
    /** The authenticator's id of the credential, base64url. */
    credentialId: text().notNull(),
    /** COSE key, base64url. */
    publicKey: text().notNull(),
    /** Must grow with each use where the authenticator counts; a step back means that the key was cloned. */
    signCount: bigint({ mode: 'number' }).notNull(),
    transports: text().array().notNull().default(sql`'{}'`),
    isBackedUp: boolean().notNull(),
    createdAt: instant().notNull(),
    lastUsedAt: instant(),
  },
  (t) => [
    uniqueIndex('passkey_credential_unique').on(t.credentialId),
    uniqueIndex('passkey_slot_unique').on(t.userId, t.slot),
    check('passkey_slots', sql`${t.slot} between 1 and ${sql.raw(String(passkeysMax))}`),
    index('passkey_by_user').on(t.userId, t.createdAt),
  ],
)

/** A random number that an authenticator has to sign; good once. */
export const passkeyChallenges = identitySchema.table(
  'passkey_challenge',
  {
    ...identified('pkc'),
    purpose: passkeyPurpose().notNull(),
    /** Null: a login, where the passkey will say who it is. */
    userId: typeId('usr').references(() => users.id),
    challenge: text().notNull(),
    createdAt: instant().notNull(),
    expiresAt: instant().notNull(),
    usedAt: instant(),
  },
  (t) => [
    uniqueIndex('passkey_challenge_unique').on(t.challenge),
    index('passkey_challenge_by_expiry').on(t.expiresAt),
  ],
)

export type TotpFactorRow = typeof totpFactors.$inferSelect
export type PasskeyChallengeRow = typeof passkeyChallenges.$inferSelect
export type PasskeyRow = typeof passkeys.$inferSelect
