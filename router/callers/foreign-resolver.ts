import { anonymous, type Caller } from '@guildhall/kit/caller'
import { ServiceUnavailable, Unauthenticated } from '@guildhall/kit/errors'
import { createRemoteJWKSet, type JWTPayload, errors as joseErrors, jwtVerify } from 'jose'
import { type Grants, noGrants } from '../access/auth-index.ts'
import type { ResolvedCaller } from '../execution/request-context.ts'
import type { CallerResolver } from './caller-resolver.ts'
import { bearerToken } from './credentials.ts'
import { asymmetricAlgorithms } from './external-issuers.ts'
import { payerOf } from './payer.ts'

/** How a router that stands alone knows its callers. */
export interface ForeignResolverOptions {
  /** Without it no token is verified, and to the access directives everybody is anonymous. */
  jwksUrl?: string | undefined
  issuer?: string | undefined
  audience?: string | undefined
}

/**
 * Callers of foreign subgraphs: the subgraphs get the `Authorization` header as the client sent it, the access
 * directives see the claims of the verified token (`scope`, separated by spaces).
 */
export function createForeignResolver(options: ForeignResolverOptions): CallerResolver {
  const { jwksUrl, issuer, audience } = options
  const keys = jwksUrl ? createRemoteJWKSet(new URL(jwksUrl), { cooldownDuration: 30_000 }) : undefined

  const claimsOf = async (authorization: string | undefined): Promise<JWTPayload | undefined> => {
    const token = keys && bearerToken(authorization)
    if (!keys || !token) return undefined
    try {
      const { payload } = await jwtVerify(token, keys, {
        algorithms: asymmetricAlgorithms,
        ...(issuer ? { issuer } : {}),
        ...(audience ? { audience } : {}),
        requiredClaims: ['exp', 'sub'],
        clockTolerance: 5,
      })
      return payload
    } catch (error) {
      throw isRefusal(error)
        ? new Unauthenticated('The access token is not valid.', error)
        : new ServiceUnavailable(undefined, error)
    }
  }

  return {
    async resolve(authorization, client) {
      const claims = await claimsOf(authorization)
      const caller = callerOf(claims)
      return {
        caller,
        payer: payerOf(caller, client),
        grants: grantsOf(claims),
        expiresAtSeconds: claims?.exp,
        ...(authorization ? { headers: { authorization } } : {}),
        signedContext: async () => undefined,
      } satisfies ResolvedCaller
    },
    onChange: () => () => {},
    isReady: async () => !keys || keys.jwks() !== undefined || keys.reload().then(yes, no),
    close: async () => {},
  }
}

const yes = () => true
const no = () => false

/** Everything about the token itself; what is left is that the keys could not be fetched. */
const isRefusal = (error: unknown): boolean =>
  error instanceof joseErrors.JOSEError &&
  !(error instanceof joseErrors.JWKSTimeout) &&
  error.code !== 'ERR_JOSE_GENERIC'

function grantsOf(claims: JWTPayload | undefined): Grants {
  if (!claims) return noGrants
  const scopes = typeof claims.scope === 'string' ? claims.scope.split(' ').filter(Boolean) : []
  return { authenticated: true, scopes: new Set(scopes), policies: new Set() }
}

const callerOf = (claims: JWTPayload | undefined): Caller =>
  claims?.sub
    ? { kind: 'user', userId: claims.sub, sessionId: claims.jti ?? '', platformRoles: [], grants: {} }
    : anonymous
