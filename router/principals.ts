import type { CallerSigner, UserCaller } from '@guildhall/kit/caller'
import { Unauthenticated } from '@guildhall/kit/errors'
import type { Grants } from './auth-index.ts'
import type { CallerChange } from './caller-resolver.ts'
import type { IdentityClient } from './identity-client.ts'
import { createLru } from './lru.ts'
import { createSignedContext } from './signed-context.ts'
import type { AccessClaims } from './tokens.ts'

/** A person with a live session, and what follows from that. */
export interface Principal {
  caller: UserCaller
  grants: Grants
  signedContext: () => Promise<string>
}

/** Who is behind a token, from a cache that changes of rights reach at once. */
export interface Principals {
  /** @throws Unauthenticated when the session has ended. */
  find(claims: AccessClaims): Promise<Principal>
  forget(change: CallerChange): void
}

interface Entry {
  /** Null: the session has ended. */
  principal: Principal | null
  userId: string
  fetchedAt: number
}

/** Bounds what a lost change could cost. While changes cannot be heard of, everything is forgotten every second. */
const maxAgeMs = 30_000
const maxRemembered = 10_000

export function createPrincipals(identity: IdentityClient, sign: CallerSigner): Principals {
  const entries = createLru<string, Entry>(maxRemembered)
  const lookups = new Map<string, Promise<Entry>>()

  const isFresh = ({ fetchedAt }: Entry): boolean => performance.now() - fetchedAt < maxAgeMs
  const lookUp = (claims: AccessClaims): Promise<Entry> => {
    const key = claims.sessionId
    const facts = { userId: claims.userId, fetchedAt: performance.now() }
    const lookup = fetchPrincipal(identity, sign, claims)
      .then((principal) => {
        const entry = { ...facts, principal }
        if (lookups.get(key) === lookup) entries.set(key, entry)
        return entry
      })
      .finally(() => {
        if (lookups.get(key) === lookup) lookups.delete(key)
      })
    lookups.set(key, lookup)
    return lookup
  }

  return {
    async find(claims) {
      const known = entries.get(claims.sessionId)
      const entry = known && isFresh(known) ? known : await (lookups.get(claims.sessionId) ?? lookUp(claims))
      if (!entry.principal || entry.userId !== claims.userId) {
        throw new Unauthenticated('The session has ended, log in again.')
      }
      return entry.principal
    },
    forget({ userId, sessionId }) {
      for (const [key, entry] of entries.entries()) {
        if (sessionId === undefined ? userId === undefined || entry.userId === userId : key === sessionId) {
          entries.delete(key)
        }
      }
      // What is being looked up may have been read before the change: those who wait take it, nobody after them.
      if (sessionId === undefined) lookups.clear()
      else lookups.delete(sessionId)
    },
  }
}

async function fetchPrincipal(
  identity: IdentityClient,
  sign: CallerSigner,
  { userId, sessionId }: AccessClaims,
): Promise<Principal | null> {
  const [session, grants] = await Promise.all([identity.session(sessionId), identity.grants(userId)])
  if (session?.userId !== userId) return null
  const caller: UserCaller = {
    kind: 'user',
    userId,
    sessionId,
    platformRoles: session.platformRoles,
    grants,
  }
  const scopes = new Set(Object.values(grants).flatMap(({ permissions }) => permissions))
  return {
    caller,
    grants: { authenticated: true, scopes, policies: new Set() },
    signedContext: createSignedContext(sign, caller),
  }
}
