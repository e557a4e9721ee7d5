import { type Caller, type CallerSigner, contextLifetimeSeconds } from '@guildhall/kit/caller'

/** Used for two thirds of its life: what is left is longer than a request may take. */
const useForMs = (contextLifetimeSeconds * 1_000 * 2) / 3

/** Signs a caller's context once and again when it grows old; everybody in between shares it. */
export function createSignedContext(sign: CallerSigner, caller: Caller): () => Promise<string> {
  let current: { token: Promise<string>; signedAt: number } | undefined
  return () => {
    const now = performance.now()
    if (!current || now - current.signedAt > useForMs) {
      const signed = { token: sign(caller), signedAt: now }
      signed.token.catch(() => {
        if (current === signed) current = undefined
      })
      current = signed
    }
    return current.token
  }
}
