import { anonymous, type CallerSigner } from '@guildhall/kit/caller'
import type { Client } from '@guildhall/kit/context'
import { Unauthenticated } from '@guildhall/kit/errors'
import { createLog, type Log } from '@guildhall/kit/log'
import type { SubgraphUpstream } from '@guildhall/kit/upstream'
import type { JWK } from 'jose'
import { noGrants } from './auth-index.ts'
import { startChangeFeed } from './change-feed.ts'
import { headersOf } from './client.ts'
import { createIdentityClient } from './identity-client.ts'
import { createPrincipals } from './principals.ts'
import type { ResolvedCaller } from './request-context.ts'
import { createSignedContext } from './signed-context.ts'
import { createSigningKeys } from './signing-keys.ts'
import { createTokenVerifier } from './tokens.ts'

/** Whose rights may have shrunk; without a user, anybody's. */
export interface CallerChange {
  userId?: string | undefined
  sessionId?: string | undefined
}

/** Finds out who is calling. Ours asks identity and organizations; a standalone router only looks at the token. */
export interface CallerResolver {
  /**
   * @param authorization the header as the client sent it; absent or empty means an anonymous caller.
   * @param client where the call comes from; subgraphs are told.
   * @throws Unauthenticated when the token is not good or its session has ended.
   * @throws ServiceUnavailable when that cannot be found out.
   */
  resolve(authorization: string | undefined, client: Client): Promise<ResolvedCaller>
  /** Calls the listener when callers resolved earlier should be resolved again. @returns a function that stops it. */
  onChange(listener: (change: CallerChange) => void): () => void
  /** The keys that verify our access tokens, for `/.well-known/jwks.json`; undefined where we issue none. */
  publicKeys?(): Promise<readonly JWK[]>
  /** Whether tokens can be verified; part of readiness. */
  isReady(): Promise<boolean>
  close(): Promise<void>
}

export interface OwnResolverOptions {
  upstreams: Readonly<Record<string, SubgraphUpstream>>
  /** Signs contexts with the router's key. */
  signer: CallerSigner
  /** Issuer of our access tokens: the public URL of this installation. */
  issuer: string
  log?: Log
}

/** Callers with tokens of our own identity. */
export function createCallerResolver(options: OwnResolverOptions): CallerResolver {
  const { signer, issuer, log = createLog('silent') } = options
  const asRouter = createSignedContext(signer, { kind: 'service', service: 'router' })
  const identity = createIdentityClient(options.upstreams, asRouter)
  const keys = createSigningKeys(identity.signingKeys, log)
  const verify = createTokenVerifier(keys, issuer)
  const nobody: ResolvedCaller = {
    caller: anonymous,
    grants: noGrants,
    signedContext: createSignedContext(signer, anonymous),
  }

  const principals = createPrincipals(identity, signer)
  const listeners = new Set<(change: CallerChange) => void>()
  const feed = startChangeFeed(
    identity,
    (change) => {
      principals.forget(change)
      for (const listener of listeners) listener(change)
    },
    log,
  )

  return {
    async resolve(authorization, client) {
      const headers = headersOf(client)
      const token = bearerToken(authorization)
      if (token === undefined) return { ...nobody, headers }
      const claims = await verify(token)
      const { caller, grants } = await principals.find(claims)
      return {
        caller,
        grants,
        headers,
        expiresAtSeconds: claims.expiresAtSeconds,
        // Asked for again by long-lived work: rights may have changed since.
        signedContext: async () => (await principals.find(claims)).signedContext(),
        mutated: (subgraphs) => {
          if (rightsComeFrom.some((subgraph) => subgraphs.has(subgraph))) principals.forget(claims)
        },
      }
    },
    onChange(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    publicKeys: keys.all,
    isReady: () =>
      keys.all().then(
        () => true,
        () => false,
      ),
    close: async () => feed.close(),
  }
}

/** What a principal is made of: see `identity-client.ts`. */
const rightsComeFrom = ['identity', 'organizations']

/** Undefined when there is no header. @throws Unauthenticated for anything but one bearer token. */
export function bearerToken(authorization: string | undefined): string | undefined {
  if (authorization === undefined || authorization.trim() === '') return undefined
  const token = /^bearer +([\w-]+\.[\w-]+\.[\w-]*)$/i.exec(authorization.trim())?.[1]
  if (token === undefined) throw new Unauthenticated('The Authorization header is not a bearer token.')
  return token
}
