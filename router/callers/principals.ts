import { type CallerSigner, type Grant, scopesOf, type UserCaller } from '@guildhall/kit/caller'
import type { Client } from '@guildhall/kit/context'
import { Unauthenticated } from '@guildhall/kit/errors'
import type { Log } from '@guildhall/kit/log'
import type { Grants } from '../access/auth-index.ts'
import { callerOf } from '../access/rights.ts'
import { createLru } from '../lru.ts'
import { type AddressSet, createAddressSet } from './addresses.ts'
import type { CallerChange } from './caller-resolver.ts'
import type { IdentityClient, SessionPrincipal } from './identity-client.ts'
import { createMissLimiter } from './miss-limiter.ts'
import type { ExternalPerson, Proof } from './proof.ts'
import { createSignedContext } from './signed-context.ts'

/** A person with a live session, key or external token, and what follows from that. */
export interface Principal {
  caller: UserCaller
  grants: Grants
  signedContext: () => Promise<string>
  /** From where it may be used; undefined: from anywhere. */
  addresses: AddressSet | undefined
  /** When the session or key itself ends; infinite without an end. */
  expiresAtSeconds: number
}

/** Who is behind a proof, from a cache that changes of rights reach at once. */
export interface Principals {
  /**
   * @throws Unauthenticated when the session has ended, the key is unknown, or the person is not let in.
   * @throws RateLimited when this client has tried many unknown keys.
   */
  find(proof: Proof, client: Client): Promise<Principal>
  /** The same where it is known now and nobody has to be asked. */
  known(proof: Proof): Principal | undefined
  forget(change: CallerChange): void
}

interface Entry {
  principal: Principal
  fetchedAt: number
}

/** Bounds what a lost change could cost. While changes cannot be heard of, everything is forgotten every second. */
const maxAgeMs = 30_000
/** How long somebody who was not let in is not asked for again. */
const refusedForMs = 10_000
const maxRemembered = 10_000
const maxRefused = 1_000

export function createPrincipals(identity: IdentityClient, sign: CallerSigner, log: Log): Principals {
  const entries = createLru<string, Entry>(maxRemembered)
  // Apart from the entries: whoever sends made-up keys must not push out the good ones.
  const refusals = createLru<string, number>(maxRefused)
  const lookups = new Map<string, Promise<Entry | null>>()
  // An external person is admitted once and then asked for by the id that came of it.
  const admitted = createLru<string, string>(maxRemembered)
  const goodKeys = createLru<string, true>(maxRemembered)
  const misses = createMissLimiter()

  const sessionOf = async (key: string, proof: Proof, client: Client): Promise<SessionPrincipal | null> => {
    if (proof.kind === 'session') return identity.session(proof.sessionId)
    if (proof.kind === 'key') return identity.apiKey(proof.keyHash)
    const sessionId = admitted.get(key)
    const session = sessionId
      ? await identity.session(sessionId)
      : await identity.admit(personOf(proof), client)
    if (session?.isActive) admitted.set(key, session.sessionId)
    else admitted.delete(key)
    return session
  }
  const fetchEntry = async (key: string, proof: Proof, client: Client): Promise<Entry | null> => {
    const fetchedAt = performance.now()
    const asked = sessionOf(key, proof, client)
    // Our own tokens name the person: both questions can be asked at once.
    const early = proof.kind === 'session' ? identity.grants(proof.userId) : undefined
    early?.catch(() => {})
    const session = await asked
    if (!session || hasEnded(session)) return null
    if (proof.kind === 'session' && session.userId !== proof.userId) return null
    const held = await (early ?? identity.grants(session.userId))
    const principal = principalOf(withScopeOf(proof, session), held, sign, log)
    return { principal, fetchedAt }
  }
  const lookUp = (key: string, proof: Proof, client: Client): Promise<Entry | null> => {
    const isStrange = proof.kind === 'key' && !goodKeys.get(key)
    const giveBack = isStrange ? misses.take(client.address) : () => {}
    const lookup = fetchEntry(key, proof, client)
      .then((entry) => {
        if (entry) {
          giveBack()
          if (proof.kind === 'key') goodKeys.set(key, true)
        }
        if (lookups.get(key) !== lookup) return entry
        if (entry) entries.set(key, entry)
        else refusals.set(key, performance.now())
        return entry
      })
      .finally(() => {
        if (lookups.get(key) === lookup) lookups.delete(key)
      })
    lookups.set(key, lookup)
    return lookup
  }
  const isRefused = (key: string): boolean => {
    const refusedAt = refusals.get(key)
    return refusedAt !== undefined && performance.now() - refusedAt < refusedForMs
  }

  return {
    known(proof) {
      const entry = entries.get(cacheKey(proof))
      return entry && isFresh(entry) ? entry.principal : undefined
    },
    async find(proof, client) {
      const key = cacheKey(proof)
      const known = entries.get(key)
      const entry =
        known && isFresh(known)
          ? known
          : isRefused(key)
            ? null
            : await (lookups.get(key) ?? lookUp(key, proof, client))
      if (!entry) throw new Unauthenticated(refusalOf[proof.kind])
      return entry.principal
    },
    forget({ userId, sessionId }) {
      for (const [key, { principal }] of entries.entries()) {
        const { caller } = principal
        const isMeant =
          sessionId === undefined
            ? userId === undefined || caller.userId === userId
            : caller.sessionId === sessionId
        if (isMeant) entries.delete(key)
      }
      refusals.clear()
      // What is being looked up may have been read before the change: those who wait take it, nobody after them.
      lookups.clear()
    },
  }
}

const refusalOf: Readonly<Record<Proof['kind'], string>> = {
  session: 'The session has ended, log in again.',
  key: 'The API key is not valid.',
  external: 'This account is not let in here.',
}

/** Everything that a proof says, so that no wrong one can stand in the way of a right one. */
function cacheKey(proof: Proof): string {
  if (proof.kind === 'session') return `${proof.userId} ${proof.sessionId} ${proof.scope ?? '*'}`
  return proof.kind === 'key' ? `key ${proof.keyHash}` : `external ${proof.issuer} ${proof.subject}`
}

/** Ends are wall-clock facts of sessions and keys, as those of tokens are. */
const isFresh = ({ principal, fetchedAt }: Entry): boolean =>
  performance.now() - fetchedAt < maxAgeMs && principal.expiresAtSeconds > Date.now() / 1_000

const hasEnded = ({ isActive, expiresAt }: SessionPrincipal): boolean =>
  !isActive || (expiresAt !== null && Date.parse(expiresAt) <= Date.now())

const personOf = ({ issuer, subject, email, isEmailVerified, displayName }: ExternalPerson) => ({
  issuer,
  subject,
  email,
  isEmailVerified,
  displayName,
})

/** A token may be made for less than its session or key may. */
function withScopeOf(proof: Proof, session: SessionPrincipal): SessionPrincipal {
  if (proof.kind !== 'session' || proof.scope === undefined) return session
  const wanted = proof.scope.split(' ').filter(Boolean)
  const { scopes } = session
  return { ...session, scopes: scopes === null ? wanted : wanted.filter((one) => scopes.includes(one)) }
}

function principalOf(
  session: SessionPrincipal,
  held: Readonly<Record<string, Grant>>,
  sign: CallerSigner,
  log: Log,
): Principal {
  const caller = callerOf(session, held)
  return {
    caller,
    grants: { authenticated: true, scopes: scopesOf(caller), policies: new Set() },
    signedContext: createSignedContext(sign, caller),
    addresses: session.addresses ? usableAddresses(session.addresses, log) : undefined,
    expiresAtSeconds: session.expiresAt ? Date.parse(session.expiresAt) / 1_000 : Number.POSITIVE_INFINITY,
  }
}

/** A list that cannot be read lets nobody in. */
function usableAddresses(entries: readonly string[], log: Log): AddressSet {
  try {
    return createAddressSet(entries)
  } catch (error) {
    log.error({ err: error }, 'the addresses of a session or key cannot be read')
    return () => false
  }
}
