import type { Context } from '@guildhall/kit/context'
import { makeKeyPair } from '@guildhall/kit/keys'
import { eq, inArray } from 'drizzle-orm'
import type { JWK } from 'jose'
import { seal, unseal } from './domain/seal.ts'
import { settings } from './settings.ts'
import { type SigningKeyRow, signingKeys } from './tables.ts'

/** The key that signs now, with its private half. */
export async function activeKey(ctx: Context): Promise<JWK> {
  const key = await readOrMakeActive(ctx)
  return JSON.parse(unseal(key.privateJwk ?? '', settings().DATA_SECRET)) as JWK
}

/** Public keys of all tokens that may still be good. */
export async function verifyingKeys(ctx: Context): Promise<JWK[]> {
  await readOrMakeActive(ctx)
  const keys = await ctx.db
    .select({ publicJwk: signingKeys.publicJwk })
    .from(signingKeys)
    .where(inArray(signingKeys.status, ['ACTIVE', 'RETIRING']))
  return keys.map((key) => key.publicJwk)
}

/**
 * Read from the table each time: one small statement, and no process ever signs with a key that another has retired.
 * Of several processes that find none, the index `signing_key_one_active` lets one make it; the others wait for that
 * insert and read its key.
 */
async function readOrMakeActive(ctx: Context): Promise<SigningKeyRow> {
  const read = async () => {
    const [key] = await ctx.db.select().from(signingKeys).where(eq(signingKeys.status, 'ACTIVE'))
    return key
  }
  const existing = await read()
  if (existing) return existing
  const kid = ctx.newId('key')
  const { publicJwk, privateJwk } = await makeKeyPair(kid)
  await ctx.db
    .insert(signingKeys)
    .values({
      kid,
      status: 'ACTIVE',
      publicJwk,
      privateJwk: seal(JSON.stringify(privateJwk), settings().DATA_SECRET),
      createdAt: ctx.now(),
    })
    .onConflictDoNothing()
  const made = await read()
  if (!made) throw new Error('no active signing key')
  return made
}
