import type { DocumentNode, ExecutionResult } from 'graphql'

/**
 * Headers by which the router tells where a call came from; as good as the signed context beside them, which nobody but
 * the router has.
 */
export const clientHeaders = { address: 'x-client-address', userAgent: 'x-client-agent' } as const

/** One GraphQL operation addressed to one subgraph. */
export interface SubgraphRequest {
  query: string
  /** The parsed `query`, if the sender has it; saves the in-process transport a parse. */
  document?: DocumentNode | undefined
  operationName?: string | undefined
  variables?: Record<string, unknown> | undefined
  /** Signed caller context (see `caller.ts`); absent only when a standalone router serves foreign subgraphs. */
  context?: string | undefined
  /** Further headers (`x-request-id`, `clientHeaders`, `traceparent`, `authorization` in standalone mode). */
  headers?: Readonly<Record<string, string>> | undefined
  /**
   * The answer to the very same query in the same name, sent a moment before and still under way, will do. Not for work
   * that reacts to a change: it must not be told what was before.
   */
  mayShare?: boolean | undefined
  /** Aborting gives up the upstream work. */
  signal?: AbortSignal | undefined
}

/**
 * How the router and other domains reach a subgraph, whatever the transport.
 *
 * `execute` resolves with GraphQL errors as data; it rejects with {@link ServiceUnavailable} or {@link GatewayTimeout}
 * when the subgraph cannot be reached or does not answer in time. Results may be mutated by the receiver.
 */
export interface SubgraphUpstream {
  execute(request: SubgraphRequest): Promise<ExecutionResult>
  /** The iterator's `return()` ends the upstream work at once, also while `next()` is pending. */
  subscribe(request: SubgraphRequest): AsyncIterableIterator<ExecutionResult>
  close(): Promise<void>
  /** How it fares; absent where nothing stands between sender and subgraph. */
  state?(): UpstreamState
}

/** How a guarded subgraph fares. */
export interface UpstreamState {
  /** `open`: operations are refused at once; `half-open`: one tries whether it is back. */
  breaker: 'closed' | 'open' | 'half-open'
  /** Operations under way. */
  running: number
  /** Operations that wait for their turn. */
  waiting: number
}
