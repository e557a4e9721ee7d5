import { ServiceUnavailable } from '@guildhall/kit/errors'
import type { Log } from '@guildhall/kit/log'
import { type CryptoKey, importJWK, type JWK } from 'jose'

/** The public keys that our identity signs access tokens with. */
export interface SigningKeys {
  /** Undefined when no such key is known, also after asking identity again. @throws ServiceUnavailable */
  find(kid: string): Promise<CryptoKey | undefined>
  all(): Promise<readonly JWK[]>
  /** Calls the listener when keys were fetched: what was verified with a key that is gone counts no more. */
  onFetched(listener: () => void): void
}

/** A made-up key id must not make us ask identity; one that was just created may be new to us. */
const unknownKeyCooldownMs = 30_000
/** A key that identity no longer publishes is trusted for at most this long. */
const maxAgeMs = 300_000
/** While identity is away, asking it for every request would not bring it back. */
const failureCooldownMs = 1_000

interface KeySet {
  keys: Map<string, CryptoKey>
  jwks: readonly JWK[]
  fetchedAt: number
}

/** @param fetch gets the keys from identity, each as JWK. */
export function createSigningKeys(fetch: () => Promise<readonly JWK[]>, log: Log): SigningKeys {
  const listeners: (() => void)[] = []
  let current: KeySet | undefined
  let fetching: Promise<KeySet> | undefined
  let failedAt = Number.NEGATIVE_INFINITY
  let askedForUnknownAt = Number.NEGATIVE_INFINITY

  const refresh = (): Promise<KeySet> => {
    fetching ??= fetchKeys(fetch)
      .then((fresh) => {
        current = fresh
        for (const listener of listeners) listener()
        return fresh
      })
      .catch((error: unknown) => {
        failedAt = performance.now()
        throw error
      })
      .finally(() => {
        fetching = undefined
      })
    return fetching
  }
  const load = async (): Promise<KeySet> => {
    const stale = !current || performance.now() - current.fetchedAt > maxAgeMs
    if (current && !stale) return current
    const waits = performance.now() - failedAt < failureCooldownMs && !fetching
    if (waits && !current) throw new ServiceUnavailable()
    if (!current) return refresh()
    // Old keys go on working while identity is away.
    if (!waits) refresh().catch((error: unknown) => log.warn({ err: error }, 'signing keys not refreshed'))
    return current
  }

  return {
    async find(kid) {
      const before = current
      const known = (await load()).keys.get(kid)
      if (known || !before) return known
      const now = performance.now()
      if (now - askedForUnknownAt < unknownKeyCooldownMs) {
        // Whoever asks while the one allowed fetch is under way shares its answer.
        return fetching ? (await fetching).keys.get(kid) : undefined
      }
      askedForUnknownAt = now
      return (await refresh()).keys.get(kid)
    },
    all: async () => (await load()).jwks,
    onFetched: (listener) => void listeners.push(listener),
  }
}

async function fetchKeys(fetch: () => Promise<readonly JWK[]>): Promise<KeySet> {
  const keys = new Map<string, CryptoKey>()
  const jwks = await fetch()
  for (const jwk of jwks) {
    const key = await importJWK(jwk, 'EdDSA')
    if (jwk.kid && 'type' in key && key.type === 'public') keys.set(jwk.kid, key as CryptoKey)
  }
  return { keys, jwks, fetchedAt: performance.now() }
}
