import { instant } from '@guildhall/kit/columns'
import { sql } from 'drizzle-orm'
import { jsonb, text, uniqueIndex } from 'drizzle-orm/pg-core'
import type { JWK } from 'jose'
import { identitySchema } from './schema.ts'

export const signingKeyStatus = identitySchema.enum('signing_key_status', [
  'NEXT',
  'ACTIVE',
  'RETIRING',
  'RETIRED',
  'REVOKED',
])

export const signingKeys = identitySchema.table(
  'signing_key',
  {
    kid: text().primaryKey().notNull(),
    status: signingKeyStatus().notNull(),
    publicJwk: jsonb().$type<JWK>().notNull(),
    /** The private JWK, sealed; null once it must not sign any more. */
    privateJwk: text(),
    createdAt: instant().notNull(),
    activatedAt: instant(),
    /** When it stopped signing. */
    retiredAt: instant(),
  },
  (t) => [
    uniqueIndex('signing_key_one_active').on(t.status).where(sql`${t.status} = 'ACTIVE'`),
    uniqueIndex('signing_key_one_next').on(t.status).where(sql`${t.status} = 'NEXT'`),
  ],
)

export type SigningKeyRow = typeof signingKeys.$inferSelect
