import {
  BrokenCircuitError,
  BulkheadRejectedError,
  bulkhead,
  CircuitState,
  ConsecutiveBreaker,
  circuitBreaker,
  handleWhen,
  type IBreaker,
  SamplingBreaker,
  wrap,
} from 'cockatiel'
import { ServiceUnavailable } from './errors.ts'
import type { Log } from './log.ts'
import type { SubgraphUpstream, UpstreamState } from './upstream.ts'

/** When a subgraph is spared, and how much it is asked at once. */
export interface GuardOptions {
  /** The subgraph's name: goes into causes and logs, never into messages. */
  name: string
  /** How many operations may run at once. Default 64. */
  concurrency?: number
  /** How many more may wait for their turn; the next is refused. Default 256. */
  queue?: number
  /** How long an open breaker refuses before it lets one operation try. Default 5 s. */
  reopenAfterMs?: number
  log?: Log | undefined
}

/**
 * Spares a subgraph that is away or hangs, and everybody who would wait for it: after five failures in a row, or when
 * more than half of at least five operations of the last 10 s failed, operations are refused at once until one that is
 * let through succeeds. Only timeouts and lost connections count; errors in an answer are an answer, and an operation
 * that its caller gave up says nothing. One slow subgraph holds `concurrency` operations at most, not the whole process.
 *
 * Subscriptions pass: each domain's live in one socket, whose loss ends them all.
 */
export function guardUpstream(upstream: SubgraphUpstream, options: GuardOptions): SubgraphUpstream {
  const { name, concurrency = 64, queue = 256, reopenAfterMs = 5_000, log } = options
  const gate = bulkhead(concurrency, queue)
  const breaker = circuitBreaker(
    handleWhen((error) => !(error instanceof GivenUp)),
    { halfOpenAfter: reopenAfterMs, breaker: eitherBreaker() },
  )
  breaker.onStateChange((state) => log?.warn({ subgraph: name, breaker: stateNames[state] }, 'breaker moved'))
  const guard = wrap(gate, breaker)

  return {
    ...upstream,
    async execute(request) {
      try {
        // The library would let the others wait for the one that tries, which takes its whole deadline when it fails.
        if (breaker.state === CircuitState.HalfOpen) throw new BrokenCircuitError()
        return await guard.execute(async () => {
          try {
            return await upstream.execute(request)
          } catch (error) {
            throw request.signal?.aborted ? new GivenUp(error) : error
          }
        })
      } catch (error) {
        throw asFault(name, error)
      }
    },
    state: (): UpstreamState => ({
      breaker: stateNames[breaker.state],
      running: concurrency - gate.executionSlots,
      waiting: queue - gate.queueSlots,
    }),
  }
}

/** The sender gave the operation up: no verdict on the subgraph. */
class GivenUp extends Error {
  readonly reason: unknown
  constructor(reason: unknown) {
    super('given up')
    this.reason = reason
  }
}

const stateNames: Readonly<Record<CircuitState, UpstreamState['breaker']>> = {
  [CircuitState.Closed]: 'closed',
  [CircuitState.Open]: 'open',
  [CircuitState.HalfOpen]: 'half-open',
  [CircuitState.Isolated]: 'open',
}

/**
 * A subgraph that hangs shows as failures in a row, long before they outweigh the successes of the last seconds; one
 * that fails every second time never fails five times in a row.
 */
function eitherBreaker(): IBreaker {
  const inRow = new ConsecutiveBreaker(5)
  const share = new SamplingBreaker({ threshold: 0.5, duration: 10_000, minimumRps: 0.5 })
  return {
    get state() {
      return [inRow.state, share.state]
    },
    success(state) {
      inRow.success()
      share.success(state)
    },
    failure(state) {
      const verdicts = [inRow.failure(), share.failure(state)]
      return verdicts.includes(true)
    },
  }
}

function asFault(name: string, error: unknown): unknown {
  if (error instanceof GivenUp) return error.reason
  if (error instanceof BrokenCircuitError) {
    return new ServiceUnavailable(undefined, new Error(`the breaker of ${name} is open`))
  }
  if (error instanceof BulkheadRejectedError) {
    return new ServiceUnavailable(undefined, new Error(`${name} has too much to do`))
  }
  return error
}
