import type { Series } from '@guildhall/kit/metrics/histogram'
import type { Metrics } from '@guildhall/kit/metrics/metrics'

export type OperationOutcome = 'ok' | 'partial' | 'failed'
export type FetchOutcome = 'ok' | 'errors' | 'timeout' | 'unavailable' | 'given_up' | 'failed'

/** What the router counts while it works. Labels come from short lists, never from what clients say. */
export interface RouterMetrics {
  operation(
    type: string | undefined,
    name: string | undefined,
    outcome: OperationOutcome,
    seconds: number,
  ): void
  /** What an operation was estimated to cost. */
  cost(points: number): void
  /** An error has left the house. */
  error(code: string): void
  /** An operation was not run at all. */
  rejected(code: string): void
  fetched(subgraph: string, outcome: FetchOutcome, seconds: number): void
  planned(seconds: number): void
  authFailed(reason: string): void
}

export interface RouterMetricsOptions {
  metrics: Metrics
  /** Whether operations of this name have a series of their own. */
  isKnown(operationName: string): boolean
}

const costBounds = [1, 5, 10, 50, 100, 500, 1_000, 5_000, 10_000]

const types: ReadonlySet<string> = new Set(['query', 'mutation', 'subscription'])

export function createRouterMetrics({ metrics, isKnown }: RouterMetricsOptions): RouterMetrics {
  const operations = metrics.histogram(
    'graphql_server_operation_duration_seconds',
    'Queries and mutations, from their arrival to their answer.',
    ['graphql_operation_type', 'operation', 'outcome'],
  )
  const errors = metrics.counter('graphql_server_errors_total', 'Errors that were answered.', ['code'])
  const rejected = metrics.counter('graphql_server_rejected_total', 'Operations that were not run at all.', [
    'reason',
  ])
  const fetches = metrics.histogram(
    'guildhall_router_subgraph_duration_seconds',
    'Operations of subgraphs, as the router sees them.',
    ['subgraph', 'outcome'],
  )
  const plans = metrics.histogram(
    'guildhall_router_query_plan_duration_seconds',
    'Plans that had to be made, because none was remembered.',
  )
  const costs = metrics
    .histogram('guildhall_router_operation_cost', 'What operations were estimated to cost.', [], costBounds)
    .of()
  const madePlans = plans.of()
  const authFailures = metrics.counter('guildhall_auth_failures_total', 'Credentials that were refused.', [
    'reason',
  ])
  const series = new Map<string, Series>()
  return {
    operation(type, name, outcome, seconds) {
      const known = name === undefined ? 'none' : isKnown(name) ? name : 'other'
      const kind = type !== undefined && types.has(type) ? type : 'unknown'
      const key = `${kind} ${known} ${outcome}`
      const own = series.get(key) ?? operations.of(kind, known, outcome)
      series.set(key, own)
      own.observe(seconds)
    },
    cost: (points) => costs.observe(points),
    error: (code) => errors(code).inc(),
    rejected: (code) => rejected(code).inc(),
    fetched: (subgraph, outcome, seconds) => fetches.of(subgraph, outcome).observe(seconds),
    planned: (seconds) => madePlans.observe(seconds),
    authFailed: (reason) => authFailures(reason).inc(),
  }
}
