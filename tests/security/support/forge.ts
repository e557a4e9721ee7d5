import {
  type CryptoKey,
  exportJWK,
  generateKeyPair,
  type JWK,
  type JWTHeaderParameters,
  type JWTPayload,
  SignJWT,
} from 'jose'
import postgres from 'postgres'

/** A key that a house trusts and we hold: with it every kind of bad token can be made whose signature is good. */
export interface PlantedKey {
  kid: string
  publicJwk: JWK
  privateKey: CryptoKey
}

/** Publishes a key of ours among those of a house; to be called before its router has asked for keys. */
export async function plantSigningKey(databaseUrl: string): Promise<PlantedKey> {
  const { publicKey, privateKey } = await generateKeyPair('EdDSA', { extractable: true })
  const kid = `key_planted_${crypto.randomUUID()}`
  const publicJwk: JWK = { ...(await exportJWK(publicKey)), kid, alg: 'EdDSA', use: 'sig' }
  const sql = postgres(databaseUrl, { max: 1 })
  try {
    await sql`
      insert into identity.signing_key (kid, status, public_jwk, created_at, activated_at, retired_at)
      values (${kid}, 'RETIRING', ${sql.json(publicJwk as never)}, now(), now(), now())`
    return { kid, publicJwk, privateKey }
  } finally {
    await sql.end()
  }
}

/** A token with exactly these members; members that are undefined are left out. */
export function sign(
  key: CryptoKey | Uint8Array,
  header: Record<string, unknown>,
  claims: Record<string, unknown>,
): Promise<string> {
  const { crit } = header as JWTHeaderParameters
  const understood = Object.fromEntries((crit ?? []).map((name) => [name, false]))
  return new SignJWT(claims as JWTPayload)
    .setProtectedHeader(header as JWTHeaderParameters)
    .sign(key, { crit: understood })
}

export const encode = (part: unknown): string => Buffer.from(JSON.stringify(part)).toString('base64url')
