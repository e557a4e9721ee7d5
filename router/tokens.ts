import { HouseError, Unauthenticated } from '@guildhall/kit/errors'
import { jwtVerify } from 'jose'
import { createLru } from './lru.ts'
import type { SigningKeys } from './signing-keys.ts'

/** What an access token of ours says. */
export interface AccessClaims {
  userId: string
  sessionId: string
  /** Unix seconds. */
  expiresAtSeconds: number
}

/** Verifies access tokens. @throws Unauthenticated for anything but a good one; ServiceUnavailable without keys. */
export type TokenVerifier = (token: string) => Promise<AccessClaims>

const audience = 'guildhall'
/** How far our clock and identity's may differ. */
const skewSeconds = 5
const maxRemembered = 10_000

/** @param issuer the public URL of the identity whose tokens are accepted. */
export function createTokenVerifier(keys: SigningKeys, issuer: string): TokenVerifier {
  const verified = createLru<string, AccessClaims>(maxRemembered)
  keys.onFetched(verified.clear)

  return async (token) => {
    const known = verified.get(token)
    // Lives of tokens are wall-clock facts of the protocol, not domain time.
    if (known && known.expiresAtSeconds + skewSeconds > Date.now() / 1_000) return known
    const claims = await verify(token, keys, issuer)
    verified.set(token, claims)
    return claims
  }
}

async function verify(token: string, keys: SigningKeys, issuer: string): Promise<AccessClaims> {
  try {
    // Keys come by id from our own set alone: whatever else a header brings along (jwk, jku, x5c) is not looked at.
    const keyOf = async ({ kid }: { kid?: string }) => {
      const key = kid === undefined ? undefined : await keys.find(kid)
      if (!key) throw new Unauthenticated(refusal, new Error('the key id is not ours'))
      return key
    }
    const { payload } = await jwtVerify(token, keyOf, {
      algorithms: ['EdDSA'],
      issuer,
      audience,
      typ: 'at+jwt',
      requiredClaims: ['exp', 'sub', 'sid'],
      clockTolerance: skewSeconds,
    })
    const { sub, sid, exp } = payload
    if (!sub || typeof sid !== 'string' || exp === undefined) throw new Error('claims are missing')
    return { userId: sub, sessionId: sid, expiresAtSeconds: exp }
  } catch (error) {
    throw error instanceof HouseError ? error : new Unauthenticated(refusal, error)
  }
}

const refusal = 'The access token is not valid.'
