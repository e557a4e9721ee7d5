import { HouseError, Unauthenticated } from '@guildhall/kit/errors'
import { decodeJwt, jwtVerify } from 'jose'
import { createLru, type Lru } from '../lru.ts'
import type { KeySet } from './key-set.ts'
import type { Proof } from './proof.ts'

/** What a good access token proves. */
export type TokenProof = Extract<Proof, { kind: 'session' | 'external' }>

/** Verifies the tokens of one issuer. @throws Unauthenticated for anything but a good one; ServiceUnavailable. */
export type TokenCheck = (token: string) => Promise<TokenProof>

/** Verifies the tokens of all issuers. */
export interface TokenVerifier {
  verify: TokenCheck
  /** What a token proves that was verified before and is still good. */
  known(token: string): TokenProof | undefined
  /** Everything is verified again when it comes in next. */
  forget(): void
}

const audience = 'guildhall'
/** How far our clock and an issuer's may differ. */
export const skewSeconds = 5
const maxRemembered = 10_000

/** @param checks issuer → how its tokens are verified; what a token says of its issuer only chooses among them. */
export function createTokenVerifier(checks: ReadonlyMap<string, TokenCheck>): TokenVerifier {
  let verified: Lru<string, TokenProof> = createLru(maxRemembered)
  const knownProof = (token: string): TokenProof | undefined => {
    const proof = verified.get(token)
    // Lives of tokens are wall-clock facts of the protocol, not domain time.
    return proof && proof.expiresAtSeconds + skewSeconds > Date.now() / 1_000 ? proof : undefined
  }
  return {
    known: knownProof,
    async verify(token) {
      const known = knownProof(token)
      if (known) return known
      // What is being verified while everything is forgotten must not be remembered.
      const remembered = verified
      try {
        const check = checks.get(decodeJwt(token).iss ?? '')
        if (!check) throw new Error('the issuer is not trusted here')
        const proof = await check(token)
        remembered.set(token, proof)
        return proof
      } catch (error) {
        throw error instanceof HouseError
          ? error
          : new Unauthenticated('The access token is not valid.', error)
      }
    },
    forget() {
      verified = createLru(maxRemembered)
    },
  }
}

/** @param issuer the public URL of our identity. */
export function createOwnCheck(keys: KeySet, issuer: string): TokenCheck {
  return async (token) => {
    const { payload } = await jwtVerify(
      token,
      (header, flattened) => {
        if (header.kid === undefined) throw new Error('there is no key id')
        return keys.find(header, flattened)
      },
      {
        algorithms: ['EdDSA'],
        issuer,
        audience,
        typ: 'at+jwt',
        requiredClaims: ['exp', 'sub', 'sid'],
        clockTolerance: skewSeconds,
      },
    )
    const { sub, sid, exp, scope } = payload
    if (!sub || typeof sid !== 'string' || exp === undefined) throw new Error('claims are missing')
    if (scope !== undefined && typeof scope !== 'string') throw new Error('the scope is no text')
    return { kind: 'session', userId: sub, sessionId: sid, scope, expiresAtSeconds: exp }
  }
}
