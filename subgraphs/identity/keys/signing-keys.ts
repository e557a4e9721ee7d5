import type { Context } from '@guildhall/kit/context'
import { asc, eq, inArray } from 'drizzle-orm'
import { type CryptoKey, importJWK, type JWK } from 'jose'
import { publishedStatuses } from '../domain/signing-key-life.ts'
import { signingKeys } from '../tables.ts'
import { keysChannel, sealedPlaceOf, tendSigningKeys } from './key-ring.ts'

/** What signs access tokens. */
export interface Signer {
  kid: string
  privateKey: CryptoKey
}

/** What a process knows, until it is told that keys have changed. */
interface Memory {
  signer?: Promise<Signer> | undefined
  /** When the table was asked, on the clock of the machine. */
  askedAt: number
}

/**
 * For how long a process signs without asking the table: bounds how long a key is used after it was revoked, also by a
 * process that is not told of it.
 */
const rememberedMs = 900

/** One per connection of signals, which is one per process and database. */
const memories = new WeakMap<Context['signals'], Memory>()

/** The key that signs now. A process asks the table once for all tokens that it signs within a second. */
export async function activeSigner(ctx: Context): Promise<Signer> {
  const memory = memoryOf(ctx)
  const now = performance.now()
  if (memory.signer && now - memory.askedAt < rememberedMs) return memory.signer
  const signer = readSigner(ctx)
  Object.assign(memory, { signer, askedAt: now })
  try {
    return await signer
  } catch (error) {
    if (memory.signer === signer) memory.signer = undefined
    throw error
  }
}

function memoryOf({ signals }: Context): Memory {
  const known = memories.get(signals)
  if (known) return known
  const memory: Memory = { askedAt: 0 }
  memories.set(signals, memory)
  signals.listen(keysChannel, () => {
    memory.signer = undefined
  })
  return memory
}

/** Public keys of all tokens that may be good, now or soon. */
export async function verifyingKeys(ctx: Context): Promise<JWK[]> {
  const read = () =>
    ctx.db
      .select({ publicJwk: signingKeys.publicJwk, status: signingKeys.status })
      .from(signingKeys)
      .where(inArray(signingKeys.status, [...publishedStatuses]))
      .orderBy(asc(signingKeys.createdAt), asc(signingKeys.kid))
  let keys = await read()
  if (!keys.some(({ status }) => status === 'ACTIVE')) {
    await tendSigningKeys(ctx)
    keys = await read()
  }
  return keys.map((key) => key.publicJwk)
}

async function readSigner(ctx: Context): Promise<Signer> {
  const read = async () => {
    const [key] = await ctx.db.select().from(signingKeys).where(eq(signingKeys.status, 'ACTIVE'))
    return key
  }
  let key = await read()
  if (!key) {
    await tendSigningKeys(ctx)
    key = await read()
  }
  if (!key?.privateJwk) throw new Error('no active signing key')
  const jwk = JSON.parse(ctx.vault.open(key.privateJwk, sealedPlaceOf(key))) as JWK
  return { kid: key.kid, privateKey: (await importJWK(jwk, 'EdDSA')) as CryptoKey }
}
