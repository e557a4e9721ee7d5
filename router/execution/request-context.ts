import type { Caller } from '@guildhall/kit/caller'
import {
  continueTrace,
  type TraceContext,
  traceHeader,
  writeTraceparent,
} from '@guildhall/kit/tracing/trace-context'
import type { Grants } from '../access/auth-index.ts'
import type { Payer } from '../operations/rates.ts'
import type { RequestScope } from './request-scope.ts'

/** A caller whose token was verified, with everything that requests in its name need. */
export interface ResolvedCaller {
  readonly caller: Caller
  /** What the schema's access directives are measured against. */
  readonly grants: Grants
  /** In whose name operations are counted. */
  readonly payer: Payer
  /** Unix seconds at which the token ends; absent for anonymous callers. */
  readonly expiresAtSeconds?: number | undefined
  /** Sent along with fetches: where the call comes from; to foreign subgraphs, the client's `authorization`. */
  readonly headers?: Readonly<Record<string, string>>
  /**
   * The signed context for subgraphs, valid for longer than a request may take. Long-lived work asks again for each
   * step. Undefined where no context is signed (standalone router).
   */
  signedContext(): Promise<string | undefined>
  /**
   * Told of the subgraphs that a mutation of this caller went to. Rights that follow from it hold for the caller's next
   * request: whoever has just founded an organization may go on at once.
   */
  mutated?(subgraphs: ReadonlySet<string>): void
}

/** What one operation carries from its arrival to its answer. Plain data. */
export interface RequestContext {
  readonly requestId: string
  /** The trace that this is part of, ours since the client's. */
  readonly trace: TraceContext
  readonly caller: ResolvedCaller
  readonly scope: RequestScope
  /** What the operation may cost at most, once it was let in. */
  cost?: number
  /** Sent with every fetch; built once per request. */
  readonly headers: Record<string, string>
}

/** The context of one operation of a caller. */
export const requestContext = (
  caller: ResolvedCaller,
  requestId: string,
  scope: RequestScope,
  trace: TraceContext = continueTrace(undefined),
): RequestContext => ({
  requestId,
  trace,
  caller,
  scope,
  headers: { ...caller.headers, 'x-request-id': requestId, [traceHeader]: writeTraceparent(trace) },
})
