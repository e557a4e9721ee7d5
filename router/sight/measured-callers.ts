import { HouseError } from '@guildhall/kit/errors'
import type { Metrics } from '@guildhall/kit/metrics/metrics'
import type { CallerResolver } from '../callers/caller-resolver.ts'
import type { RouterMetrics } from './router-metrics.ts'

/** Counts credentials that are refused, by what is wrong with them. */
export function measureCallers(
  callers: CallerResolver,
  { authFailed }: RouterMetrics,
  metrics: Metrics,
): CallerResolver {
  metrics.gauge('guildhall_router_keys_age_seconds', 'How long ago identity has told its keys.', [], () => {
    const age = callers.keysAge?.()
    return age === undefined ? [] : [[[], age]]
  })
  return {
    ...callers,
    async resolve(authorization, client) {
      try {
        return await callers.resolve(authorization, client)
      } catch (error) {
        authFailed(reasonOf(error))
        throw error
      }
    },
  }
}

/** What jose finds wrong with a token. */
const reasons: Readonly<Record<string, string>> = {
  ERR_JWT_EXPIRED: 'expired',
  ERR_JWT_CLAIM_VALIDATION_FAILED: 'claims',
  ERR_JWS_SIGNATURE_VERIFICATION_FAILED: 'signature',
  ERR_JWKS_NO_MATCHING_KEY: 'unknown_key',
  ERR_JOSE_ALG_NOT_ALLOWED: 'algorithm',
  ERR_JWS_INVALID: 'malformed',
  ERR_JWT_INVALID: 'malformed',
}

function reasonOf(error: unknown): string {
  if (!(error instanceof HouseError)) return 'fault'
  if (error.extensions.code !== 'UNAUTHENTICATED') return String(error.extensions.code).toLowerCase()
  const { code } = (error.cause ?? {}) as { code?: unknown }
  return reasons[String(code)] ?? 'refused'
}
