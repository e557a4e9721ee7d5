import { identified, instant, timestamps, typeId } from '@guildhall/kit/columns'
import type { Connection } from '@guildhall/kit/paging'
import { sql } from 'drizzle-orm'
import { type AnyPgColumn, check, index, text, uniqueIndex } from 'drizzle-orm/pg-core'
import { users } from './accounts.ts'
import { identitySchema } from './schema.ts'

/** A machine of an organization: a user without a password, with keys. */
export const serviceAccounts = identitySchema.table(
  'service_account',
  {
    ...identified('sva'),
    userId: typeId('usr')
      .notNull()
      .references(() => users.id),
    organizationId: typeId('org').notNull(),
    name: text().notNull(),
    description: text(),
    createdById: typeId('usr')
      .notNull()
      .references(() => users.id),
    deletedAt: instant(),
    ...timestamps,
  },
  (t) => [
    uniqueIndex('service_account_user_unique').on(t.userId),
    uniqueIndex('service_account_name_unique')
      .on(t.organizationId, t.name)
      .where(sql`${t.deletedAt} is null`),
    index('service_account_by_organization').on(t.organizationId, t.createdAt, t.id),
  ],
)

/** A secret by which a person's program or a service account calls. */
export const apiKeys = identitySchema.table(
  'api_key',
  {
    ...identified('key'),
    /** Whose name it calls in. */
    userId: typeId('usr')
      .notNull()
      .references(() => users.id),
    name: text().notNull(),
    /** The beginning of the key, shown so that it can be told from others. */
    prefix: text().notNull(),
    /** SHA-256 of the key, base64url: keys are random, so a fast hash is enough. */
    hash: text().notNull(),
    /** The only organization that it works in; null: wherever its owner may. */
    organizationId: typeId('org'),
    /** The permissions it is cut down to; null: everything its owner may. */
    scopes: text().array(),
    /** Addresses and networks it may be used from; null: from anywhere. */
    addresses: text().array(),
    createdById: typeId('usr')
      .notNull()
      .references(() => users.id),
    createdAt: instant().notNull(),
    expiresAt: instant(),
    lastUsedAt: instant(),
    /** The key that this one replaces. */
    replacesId: typeId('key').references((): AnyPgColumn => apiKeys.id),
    revokedAt: instant(),
  },
  (t) => [
    uniqueIndex('api_key_hash_unique').on(t.hash),
    uniqueIndex('api_key_prefix_unique').on(t.prefix),
    uniqueIndex('api_key_one_replacement').on(t.replacesId),
    check('api_key_scopes_not_empty', sql`cardinality(${t.scopes}) > 0`),
    check('api_key_addresses_not_empty', sql`cardinality(${t.addresses}) > 0`),
    index('api_key_by_user').on(t.userId, t.createdAt, t.id),
  ],
)

export type ServiceAccountRow = typeof serviceAccounts.$inferSelect
export type ServiceAccountConnectionRow = Connection<ServiceAccountRow>
export type ApiKeyRow = typeof apiKeys.$inferSelect
