import { setTimeout as pause } from 'node:timers/promises'
import type { OidcIssuer } from '@guildhall/kit/config'
import type { Context } from '@guildhall/kit/context'
import { ServiceUnavailable } from '@guildhall/kit/errors'
import { decodeProtectedHeader } from 'jose'
import * as oidc from 'openid-client'
import { type ExternalClaims, fitsAccessTokenHash } from '../domain/external-login.ts'
import { settings } from '../settings.ts'

/** What came of asking an issuer about a code. */
export type Exchange =
  | { kind: 'claims'; claims: ExternalClaims }
  | { kind: 'refused'; code: 'NONCE_MISMATCH' | 'EXTERNAL_LOGIN_FAILED' }
  /** The issuer did not answer: whether it has seen the code is not known. */
  | { kind: 'unreachable'; cause: unknown }

/** One request to an issuer, and all requests of one login: less than the 5 s that a subgraph has for its answer. */
const requestSeconds = 2
const exchangeMs = 4_000
/** How long what an issuer publishes of itself is remembered, and how long that it did not answer. */
const freshMs = 10 * 60_000
const cooldownMs = 10_000

/** What is remembered of an issuer; the promise is shared by all who ask meanwhile. */
interface Remembered {
  configuration: Promise<oidc.Configuration>
  until: number
}

const remembered = new Map<string, Remembered>()

export const issuerNamed = (name: string): OidcIssuer | undefined =>
  settings().OIDC_ISSUERS.find((issuer) => issuer.name === name)

export const issuerIdentified = (identifier: string): OidcIssuer | undefined =>
  settings().OIDC_ISSUERS.find(({ issuer }) => issuer === identifier)

/** The addresses that an issuer may send a browser back to. */
export function redirectUrls(): readonly string[] {
  const { OIDC_REDIRECT_URLS, APP_URL, PUBLIC_URL } = settings()
  return OIDC_REDIRECT_URLS ?? [`${(APP_URL ?? PUBLIC_URL).replace(/\/$/, '')}/auth/callback`]
}

/** What an issuer publishes of itself. @throws ServiceUnavailable when it does not answer. */
export async function discover(ctx: Context, issuer: OidcIssuer): Promise<oidc.Configuration> {
  const now = ctx.now().getTime()
  let known = remembered.get(issuer.name)
  if (!known || known.until <= now) {
    const entry: Remembered = { configuration: read(issuer), until: now + freshMs }
    remembered.set(issuer.name, entry)
    entry.configuration.catch((error: unknown) => {
      entry.until = now + cooldownMs
      ctx.log.warn({ issuer: issuer.name, reason: reasonOf(error) }, 'issuer cannot be discovered')
    })
    known = entry
  }
  try {
    return await known.configuration
  } catch (cause) {
    throw new ServiceUnavailable('The issuer does not answer, try again later.', cause)
  }
}

async function read(issuer: OidcIssuer): Promise<oidc.Configuration> {
  const authentication = issuer.clientSecret ? oidc.ClientSecretBasic(issuer.clientSecret) : oidc.None()
  const configuration = await oidc.discovery(
    new URL(issuer.metadataUrl ?? issuer.issuer),
    issuer.clientId,
    {},
    authentication,
    {
      timeout: requestSeconds,
      // Signatures of ID tokens are verified even though they come from the issuer itself over TLS.
      execute: [
        oidc.enableNonRepudiationChecks,
        ...(issuer.issuer.startsWith('http:') ? [oidc.allowInsecureRequests] : []),
      ],
    },
  )
  // With a metadata address of its own the library cannot compare them.
  if (configuration.serverMetadata().issuer !== issuer.issuer) {
    throw new Error(`the metadata is of another issuer, not of ${issuer.issuer}`)
  }
  return configuration
}

/** Trades a code for what the issuer says of the person; signature, issuer, audience, nonce, times are checked. */
export async function exchange(
  ctx: Context,
  configuration: oidc.Configuration,
  issuer: OidcIssuer,
  callback: URL,
  checks: { expectedState: string; expectedNonce: string; pkceCodeVerifier: string },
): Promise<Exchange> {
  const finished = new AbortController()
  const work = claimsFrom(configuration, callback, checks)
  // What is late is looked at no more.
  work.catch(() => {})
  try {
    const late = pause(exchangeMs, null, { signal: finished.signal })
    late.catch(() => {})
    const claims = await Promise.race([work, late])
    if (!claims)
      return { kind: 'unreachable', cause: new Error(`${issuer.name} took longer than ${exchangeMs} ms`) }
    return { kind: 'claims', claims }
  } catch (error) {
    ctx.log.warn({ issuer: issuer.name, reason: reasonOf(error) }, 'external login failed')
    if (isUnreachable(error)) return { kind: 'unreachable', cause: error }
    return { kind: 'refused', code: isAboutNonce(error) ? 'NONCE_MISMATCH' : 'EXTERNAL_LOGIN_FAILED' }
  } finally {
    finished.abort()
  }
}

async function claimsFrom(
  configuration: oidc.Configuration,
  callback: URL,
  checks: { expectedState: string; expectedNonce: string; pkceCodeVerifier: string },
): Promise<ExternalClaims> {
  const tokens = await oidc.authorizationCodeGrant(configuration, callback, checks)
  const claims = tokens.claims()
  if (!claims || !tokens.id_token) throw new Error('the issuer gave no ID token')
  const { alg = '' } = decodeProtectedHeader(tokens.id_token)
  // The library does not look at it in this flow, and the access token is used below.
  if (typeof claims.at_hash === 'string' && !fitsAccessTokenHash(claims.at_hash, tokens.access_token, alg)) {
    throw new Error('the access token does not belong to the ID token')
  }
  // Issuers that keep to the letter put the address behind the user info endpoint.
  const { userinfo_endpoint: userinfo } = configuration.serverMetadata()
  const more =
    claims.email === undefined && userinfo
      ? await oidc.fetchUserInfo(configuration, tokens.access_token, claims.sub)
      : {}
  return claimsOf({ ...more, ...claims })
}

function claimsOf(claims: { sub: string; [claim: string]: unknown }): ExternalClaims {
  const text = (claim: unknown) => (typeof claim === 'string' && claim !== '' ? claim : null)
  return {
    subject: claims.sub,
    email: text(claims.email),
    isEmailVerified: claims.email_verified === true,
    names: [claims.name, claims.nickname, claims.preferred_username, claims.given_name],
    locale: text(claims.locale),
    timezone: text(claims.zoneinfo),
  }
}

/** No answer, or one that says that the issuer is unwell. */
function isUnreachable(error: unknown): boolean {
  if (error instanceof TypeError) return true
  if (!(error instanceof oidc.ClientError)) return false
  if (error.code === 'OAUTH_TIMEOUT' || error.code === 'OAUTH_ABORT') return true
  return error.cause instanceof Response && error.cause.status >= 500
}

function isAboutNonce(error: unknown): boolean {
  const inner = error instanceof Error && error.cause instanceof Error ? error.cause.cause : undefined
  return typeof inner === 'object' && inner !== null && (inner as { claim?: unknown }).claim === 'nonce'
}

/** For the log: what the library and the issuer call it, never their details, which hold codes and tokens. */
function reasonOf(error: unknown): string {
  if (error instanceof oidc.ResponseBodyError || error instanceof oidc.AuthorizationResponseError) {
    return error.error.slice(0, 100)
  }
  return error instanceof Error ? error.message : 'unknown'
}
