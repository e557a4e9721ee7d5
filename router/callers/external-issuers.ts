import type { OidcIssuer } from '@guildhall/kit/config'
import { ServiceUnavailable } from '@guildhall/kit/errors'
import type { Log } from '@guildhall/kit/log'
import { type JWK, type JWTPayload, type JWTVerifyResult, jwtVerify } from 'jose'
import { Agent, request } from 'undici'
import { z } from 'zod'
import { createKeySet } from './key-set.ts'
import { skewSeconds, type TokenCheck } from './tokens.ts'

/** Symmetric algorithms are left out: with them, whoever can read the public keys could sign. */
export const asymmetricAlgorithms = [
  'EdDSA',
  'Ed25519',
  'ES256',
  'ES384',
  'ES512',
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
]

/**
 * Issuer → how its access tokens are verified, for those whose tokens are taken without a login here.
 *
 * @param onLoss called when an issuer takes a key back.
 */
export function createExternalChecks(
  issuers: readonly OidcIssuer[],
  onLoss: () => void,
  log: Log,
): Map<string, TokenCheck> {
  return new Map(
    issuers.flatMap((issuer) => {
      const { tokenAudience } = issuer
      return tokenAudience ? [[issuer.issuer, createCheck({ ...issuer, tokenAudience }, onLoss, log)]] : []
    }),
  )
}

type TrustedIssuer = OidcIssuer & { tokenAudience: string }

function createCheck(trusted: TrustedIssuer, onLoss: () => void, log: Log): TokenCheck {
  const keys = createKeySet({
    fetch: () => fetchKeys(trusted),
    log,
    failureCooldownMs: 10_000,
  })
  keys.onLoss(onLoss)
  return async (token) => {
    const verified = await jwtVerify(token, keys.find, {
      algorithms: asymmetricAlgorithms,
      issuer: trusted.issuer,
      audience: trusted.tokenAudience,
      requiredClaims: ['exp', 'iat', 'sub'],
      clockTolerance: skewSeconds,
    })
    refuseOtherKinds(verified, trusted.clientId)
    const { sub, exp, email, email_verified: isEmailVerified, name } = verified.payload
    if (!sub || exp === undefined) throw new Error('claims are missing')
    return {
      kind: 'external',
      issuer: trusted.issuer,
      subject: sub,
      expiresAtSeconds: exp,
      email: textOr(email),
      isEmailVerified: isEmailVerified === true,
      displayName: textOr(name),
    }
  }
}

/**
 * Providers sign much with the same keys: what was made for a login, a logout or a refresh must not open the API.
 * RFC 9068 names access tokens `at+jwt`; providers from before it say `JWT` or nothing.
 */
function refuseOtherKinds({ protectedHeader, payload }: JWTVerifyResult, clientId: string): void {
  const type = protectedHeader.typ?.toLowerCase().replace(/^application\//, '')
  if (type !== undefined && type !== 'jwt' && type !== 'at+jwt') throw new Error('not an access token')
  if (payload.typ !== undefined && payload.typ !== 'Bearer') throw new Error('not an access token')
  if (onlyInOthers.some((claim) => claim in payload)) throw new Error('an ID or logout token')
  const audiences = [payload.aud].flat()
  // Keycloak says of each token what it is, and may name the client itself as the one that an access token is for.
  const isNamed = type === 'at+jwt' || payload.typ === 'Bearer'
  if (!isNamed && audiences.every((audience) => audience === clientId)) {
    throw new Error('made for the client, as ID tokens are')
  }
}

const onlyInOthers: readonly (keyof JWTPayload)[] = ['nonce', 'at_hash', 'c_hash', 's_hash', 'events']

const textOr = (claim: unknown): string | undefined => (typeof claim === 'string' ? claim : undefined)

const waitMs = 5_000
const agent = new Agent({
  connect: { timeout: waitMs },
  headersTimeout: waitMs,
  bodyTimeout: waitMs,
  maxResponseSize: 512 * 1024,
  // A provider is asked every few minutes: nothing is gained by holding its connection.
  keepAliveTimeout: 1,
  keepAliveMaxTimeout: 1,
})

const discoverySchema = z.object({ issuer: z.string(), jwks_uri: z.url({ protocol: /^https?$/ }) })
const jwksSchema = z.object({ keys: z.array(z.looseObject({ kty: z.string() })) })

/** The keys of an issuer, found by OpenID Connect discovery. */
async function fetchKeys({ issuer, metadataUrl }: OidcIssuer): Promise<readonly JWK[]> {
  try {
    const discovered = discoverySchema.parse(
      await fetchJson(metadataUrl ?? `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`),
    )
    if (discovered.issuer !== issuer) throw new Error(`${issuer} calls itself ${discovered.issuer}`)
    if (issuer.startsWith('https:') && !discovered.jwks_uri.startsWith('https:')) {
      throw new Error(`${issuer} publishes its keys without TLS`)
    }
    return jwksSchema.parse(await fetchJson(discovered.jwks_uri)).keys as JWK[]
  } catch (error) {
    throw new ServiceUnavailable(undefined, error)
  }
}

/** Redirects are not followed. */
async function fetchJson(url: string): Promise<unknown> {
  const { statusCode, body } = await request(url, {
    dispatcher: agent,
    headers: { accept: 'application/json' },
    signal: AbortSignal.timeout(waitMs),
  })
  const text = await body.text()
  if (statusCode !== 200) throw new Error(`${url} answered ${statusCode}`)
  return JSON.parse(text)
}
