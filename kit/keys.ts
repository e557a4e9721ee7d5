import { exportJWK, generateKeyPair, type JWK } from 'jose'

/** An Ed25519 key pair as JWKs, both with the same `kid`. */
export interface KeyPair {
  privateJwk: JWK
  publicJwk: JWK
}

/** Makes an Ed25519 key pair. */
export async function makeKeyPair(kid: string): Promise<KeyPair> {
  const pair = await generateKeyPair('EdDSA', { crv: 'Ed25519', extractable: true })
  return {
    privateJwk: { ...(await exportJWK(pair.privateKey)), kid },
    publicJwk: { ...(await exportJWK(pair.publicKey)), kid },
  }
}
