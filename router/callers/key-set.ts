import { ServiceUnavailable } from '@guildhall/kit/errors'
import type { Log } from '@guildhall/kit/log'
import {
  type CryptoKey,
  createLocalJWKSet,
  errors,
  type FlattenedJWSInput,
  type JWK,
  type JWSHeaderParameters,
} from 'jose'

type FindKey = (header: JWSHeaderParameters, token: FlattenedJWSInput) => Promise<CryptoKey>

/** The public keys of one issuer of tokens. */
export interface KeySet {
  /**
   * The key of a token's header, by its `kid`; whatever else a header brings along (`jwk`, `jku`, `x5u`) is not looked
   * at.
   *
   * @throws JWKSNoMatchingKey when no such key is known, also after asking the issuer again.
   * @throws ServiceUnavailable
   */
  find: FindKey
  all(): Promise<readonly JWK[]>
  /** How long ago the issuer told them; undefined before it has. */
  ageSeconds(): number | undefined
  /** Asks the issuer again; what we have goes on working meanwhile. */
  renew(): void
  /** Forgets everything at once and asks the issuer again: a key may be in the wrong hands. */
  distrust(): void
  /** Calls the listener when a key is gone: what was verified with it counts no more. */
  onLoss(listener: () => void): void
}

export interface KeySetOptions {
  /** Gets the keys from the issuer. @throws ServiceUnavailable */
  fetch(): Promise<readonly JWK[]>
  log: Log
  /** While the issuer is away, asking it for every request would not bring it back. */
  failureCooldownMs?: number
}

/** A made-up key id must not make us ask the issuer; one that was just created may be new to us. */
const unknownKeyCooldownMs = 30_000
/** A key that the issuer no longer publishes is trusted for at most this long. */
const maxAgeMs = 300_000

interface Fetched {
  find: FindKey
  jwks: readonly JWK[]
  fetchedAt: number
}

export function createKeySet({ fetch, log, failureCooldownMs = 1_000 }: KeySetOptions): KeySet {
  const listeners: (() => void)[] = []
  let current: Fetched | undefined
  let fetching: Promise<Fetched> | undefined
  let failedAt = Number.NEGATIVE_INFINITY
  let askedForUnknownAt = Number.NEGATIVE_INFINITY

  const tellLoss = () => {
    for (const listener of listeners) listener()
  }
  const refresh = (): Promise<Fetched> => {
    if (fetching) return fetching
    const mine: Promise<Fetched> = fetchKeys(fetch)
      .then((fresh): Fetched | Promise<Fetched> => {
        // What was asked for before everything was distrusted may hold the very key that is distrusted: take what was
        // asked for since.
        if (fetching !== mine) return fetching ?? current ?? refresh()
        const before = current
        current = fresh
        if (before && isAnyLost(before.jwks, fresh.jwks)) tellLoss()
        return fresh
      })
      .catch((error: unknown) => {
        if (fetching === mine) failedAt = performance.now()
        throw error
      })
      .finally(() => {
        if (fetching === mine) fetching = undefined
      })
    fetching = mine
    return mine
  }
  const isCoolingDown = () => performance.now() - failedAt < failureCooldownMs && !fetching
  const renew = () => {
    if (isCoolingDown()) return
    refresh().catch((error: unknown) => log.warn({ err: error }, 'keys of an issuer not refreshed'))
  }
  const load = async (): Promise<Fetched> => {
    if (!current) {
      if (isCoolingDown()) throw new ServiceUnavailable()
      return refresh()
    }
    // Old keys go on working while the issuer is away.
    if (performance.now() - current.fetchedAt > maxAgeMs) renew()
    return current
  }

  return {
    async find(header, token) {
      const before = current
      try {
        return await (await load()).find(header, token)
      } catch (error) {
        if (!(error instanceof errors.JWKSNoMatchingKey) || !before) throw error
        const now = performance.now()
        // Whoever asks while the one allowed fetch is under way shares its answer.
        if (now - askedForUnknownAt < unknownKeyCooldownMs && !fetching) throw error
        if (!fetching) askedForUnknownAt = now
        return (await refresh()).find(header, token)
      }
    },
    all: async () => (await load()).jwks,
    ageSeconds: () => current && (performance.now() - current.fetchedAt) / 1_000,
    renew,
    distrust() {
      current = undefined
      fetching = undefined
      failedAt = Number.NEGATIVE_INFINITY
      tellLoss()
      renew()
    },
    onLoss: (listener) => void listeners.push(listener),
  }
}

async function fetchKeys(fetch: () => Promise<readonly JWK[]>): Promise<Fetched> {
  const jwks = await fetch()
  return { find: createLocalJWKSet({ keys: [...jwks] }), jwks, fetchedAt: performance.now() }
}

function isAnyLost(before: readonly JWK[], after: readonly JWK[]): boolean {
  const left = new Set(after.map((jwk) => JSON.stringify(jwk)))
  return before.some((jwk) => !left.has(JSON.stringify(jwk)))
}
