import { GraphQLError } from 'graphql'
import { RateLimiterMemory, RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible'
import type { SharedRedis } from '../redis.ts'

/** In whose name an operation is counted: a person, an API key, or the network that an anonymous call comes from. */
export interface Payer {
  readonly kind: 'user' | 'key' | 'address'
  readonly id: string
}

/** Cost that each may spend in a minute; 0 means any. */
export type RateTuning = Readonly<Record<Payer['kind'], number>>

export interface Rates {
  /** @throws GraphQLError RATE_LIMITED when the payer has spent the minute's cost. */
  spend(payer: Payer, cost: number): Promise<void>
}

const windowSeconds = 60

/**
 * Counts what operations cost per payer and minute: whoever has spent theirs waits, and nobody else.
 *
 * @param redis shared by several routers; while it is away each counts for itself.
 */
export function createRates(tuning: RateTuning, redis: SharedRedis | undefined): Rates {
  const counters = {
    user: createCounter('user', tuning.user, redis),
    key: createCounter('key', tuning.key, redis),
    address: createCounter('address', tuning.address, redis),
  }
  return {
    async spend({ kind, id }, cost) {
      const counter = counters[kind]
      if (!counter) return
      const { consumedPoints, msBeforeNext } = await counter.count(id, Math.max(1, Math.ceil(cost)))
      if (consumedPoints > counter.points) throw rateLimited(msBeforeNext)
    },
  }
}

interface Counter {
  points: number
  count(id: string, points: number): Promise<RateLimiterRes>
}

function createCounter(kind: string, points: number, redis: SharedRedis | undefined): Counter | undefined {
  if (points <= 0) return undefined
  const memory = new RateLimiterMemory({ points, duration: windowSeconds })
  const alone = (id: string, spent: number) => memory.consume(id, spent).catch(asCount)
  if (!redis) return { points, count: alone }
  const shared = new RateLimiterRedis({
    storeClient: redis.client,
    useRedisPackage: true,
    keyPrefix: `guildhall:rate:${kind}`,
    points,
    duration: windowSeconds,
    // Whoever has spent everything is not asked for again before the minute is over.
    inMemoryBlockOnConsumed: points + 1,
  })
  return {
    points,
    count: (id, spent) =>
      redis.ask(
        () => shared.consume(id, spent).catch(asCount),
        () => alone(id, spent),
      ),
  }
}

/** The limiter throws the count when it is too high. */
function asCount(thrown: unknown): RateLimiterRes {
  if (thrown instanceof RateLimiterRes) return thrown
  throw thrown
}

function rateLimited(afterMs: number): GraphQLError {
  const retryAfterMs = Math.max(1, Math.ceil(afterMs))
  const seconds = String(Math.ceil(retryAfterMs / 1_000))
  const http = { status: 429, headers: { 'retry-after': seconds } }
  return new GraphQLError('Too many requests, try again later.', {
    extensions: { code: 'RATE_LIMITED', retryAfterMs, http },
  })
}
