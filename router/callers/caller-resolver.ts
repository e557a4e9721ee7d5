import { anonymous, type CallerSigner } from '@guildhall/kit/caller'
import type { OidcIssuer } from '@guildhall/kit/config'
import type { Client } from '@guildhall/kit/context'
import { Unauthenticated } from '@guildhall/kit/errors'
import { createLog, type Log } from '@guildhall/kit/log'
import type { SubgraphUpstream } from '@guildhall/kit/upstream'
import type { JWK } from 'jose'
import { noGrants } from '../access/auth-index.ts'
import type { ResolvedCaller } from '../execution/request-context.ts'
import { startChangeFeed } from './change-feed.ts'
import { headersOf } from './client.ts'
import { type Credential, readCredential } from './credentials.ts'
import { createExternalChecks } from './external-issuers.ts'
import { createIdentityClient } from './identity-client.ts'
import { createKeySet } from './key-set.ts'
import { payerOf } from './payer.ts'
import { createPrincipals, type Principal } from './principals.ts'
import type { Proof } from './proof.ts'
import { createSignedContext } from './signed-context.ts'
import { createTokenService, type TokenService } from './token-service.ts'
import { createOwnCheck, createTokenVerifier } from './tokens.ts'

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
   * @throws Unauthenticated when the token or key is not good, its session has ended, or it is not for this address.
   * @throws ServiceUnavailable when that cannot be found out.
   * @throws RateLimited when this client has tried many unknown keys.
   */
  resolve(authorization: string | undefined, client: Client): Promise<ResolvedCaller>
  /** Calls the listener when callers resolved earlier should be resolved again. @returns a function that stops it. */
  onChange(listener: (change: CallerChange) => void): () => void
  /** The keys that verify our access tokens, for `/.well-known/jwks.json`; undefined where we issue none. */
  publicKeys?(): Promise<readonly JWK[]>
  /** How old they are, in seconds, as far as this router knows. */
  keysAge?(): number | undefined
  /** Tokens for those who speak OAuth; undefined where we issue none. */
  tokenService?: TokenService
  /** Our own signed context, to ask our domains for ourselves; undefined where they are not ours. */
  asRouter?(): Promise<string>
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
  /** External issuers; those with a `tokenAudience` are trusted for access tokens too. */
  externalIssuers?: readonly OidcIssuer[] | undefined
  log?: Log
}

/** Callers with tokens and keys of our own identity, or tokens of an issuer that it trusts. */
export function createCallerResolver(options: OwnResolverOptions): CallerResolver {
  const { signer, issuer, log = createLog('silent') } = options
  const asRouter = createSignedContext(signer, { kind: 'service', service: 'router' })
  const identity = createIdentityClient(options.upstreams, asRouter)
  const keys = createKeySet({ fetch: identity.signingKeys, log })
  const listeners = new Set<(change: CallerChange) => void>()
  const tell = (change: CallerChange) => {
    for (const listener of listeners) listener(change)
  }
  const verifyAnew = () => {
    tokens.forget()
    tell({})
  }
  keys.onLoss(verifyAnew)
  const tokens = createTokenVerifier(
    new Map([
      ...createExternalChecks(options.externalIssuers ?? [], verifyAnew, log),
      [issuer, createOwnCheck(keys, issuer)],
    ]),
  )
  const nobody = {
    caller: anonymous,
    grants: noGrants,
    signedContext: createSignedContext(signer, anonymous),
  } satisfies Partial<ResolvedCaller>

  const principals = createPrincipals(identity, signer, log)
  const feed = startChangeFeed(
    identity,
    {
      rightsChanged(change) {
        principals.forget(change)
        // What is told of anybody stands for everything that was not heard of, new keys included.
        if (change.userId === undefined) keys.renew()
        tell(change)
      },
      keysChanged: keys.distrust,
    },
    log,
  )

  // What is remembered is taken at once: waiting for it would cost more than finding it.
  const prove = async (credential: Credential): Promise<Proof> =>
    credential.kind === 'token'
      ? (tokens.known(credential.token) ?? (await tokens.verify(credential.token)))
      : credential
  const findAllowed = async (proof: Proof, client: Client): Promise<Principal> => {
    const principal = principals.known(proof) ?? (await principals.find(proof, client))
    if (principal.addresses && !principal.addresses(client.address ?? '')) {
      throw new Unauthenticated('This may not be used from your address.')
    }
    return principal
  }

  return {
    async resolve(authorization, client) {
      const headers = headersOf(client)
      const credential = readCredential(authorization)
      if (!credential) return { ...nobody, payer: payerOf(anonymous, client), headers }
      const proof = await prove(credential)
      const { caller, grants, expiresAtSeconds } = await findAllowed(proof, client)
      return {
        caller,
        grants,
        payer: proof.kind === 'key' ? { kind: 'key', id: caller.sessionId } : payerOf(caller, client),
        headers,
        expiresAtSeconds: Math.min(expiresAtSeconds, proof.expiresAtSeconds ?? Number.POSITIVE_INFINITY),
        // Asked for again by long-lived work: rights may have changed since.
        signedContext: async () => (await findAllowed(proof, client)).signedContext(),
        mutated: (subgraphs) => {
          if (rightsComeFrom.some((subgraph) => subgraphs.has(subgraph))) principals.forget(caller)
        },
      }
    },
    onChange(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    asRouter,
    publicKeys: keys.all,
    keysAge: keys.ageSeconds,
    tokenService: createTokenService({
      issuer,
      upstreams: options.upstreams,
      anonymousContext: nobody.signedContext,
      tokens,
      principals,
    }),
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
