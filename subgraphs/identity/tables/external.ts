import { identified, instant, typeId } from '@guildhall/kit/columns'
import { index, text, uniqueIndex } from 'drizzle-orm/pg-core'
import { users } from './accounts.ts'
import { identitySchema } from './schema.ts'

/** Who somebody is elsewhere. */
export const externalIdentities = identitySchema.table(
  'external_identity',
  {
    ...identified('xid'),
    userId: typeId('usr')
      .notNull()
      .references(() => users.id),
    /** Issuer identifier and subject: together they name a person for ever, an e-mail address does not. */
    issuer: text().notNull(),
    subject: text().notNull(),
    /** What the issuer called the person when it was linked, for the person to tell them apart. */
    label: text().notNull(),
    createdAt: instant().notNull(),
    lastUsedAt: instant().notNull(),
  },
  (t) => [
    uniqueIndex('external_identity_unique').on(t.issuer, t.subject),
    index('external_identity_by_user').on(t.userId, t.createdAt),
  ],
)

/** A login under way at an external issuer. */
export const externalLogins = identitySchema.table(
  'external_login',
  {
    ...identified('xlg'),
    /** Our name of the issuer. */
    issuerName: text().notNull(),
    /** SHA-256 of the `state` that comes back through the browser. */
    stateHash: text().notNull(),
    /** SHA-256 of the secret that only the client holds that began: binds the way back to it. */
    flowHash: text().notNull(),
    nonce: text().notNull(),
    /** PKCE verifier, sealed. */
    codeVerifier: text().notNull(),
    redirectUrl: text().notNull(),
    /** Where in the application to go on. */
    returnTo: text().notNull(),
    /** Set: a person who is logged in links one more identity. */
    userId: typeId('usr').references(() => users.id),
    createdAt: instant().notNull(),
    expiresAt: instant().notNull(),
    usedAt: instant(),
  },
  (t) => [
    uniqueIndex('external_login_state_unique').on(t.stateHash),
    index('external_login_by_expiry').on(t.expiresAt),
  ],
)

export type ExternalIdentityRow = typeof externalIdentities.$inferSelect
export type ExternalLoginRow = typeof externalLogins.$inferSelect
