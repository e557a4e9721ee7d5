import type { Caller } from './caller.ts'
import type { Client, Context, DomainRuntime } from './context.ts'
import { Forbidden, StepUpRequired, Unauthenticated } from './errors.ts'
import { newId } from './ids.ts'
import type { Log } from './log.ts'
import type { Peers } from './peers.ts'
import { continueTrace, type TraceContext, traceHeader, writeTraceparent } from './tracing/trace-context.ts'
import { runTransaction } from './transaction.ts'

/** Who calls, and how this operation is known in logs. */
export interface ContextInput {
  caller: Caller
  token: string
  requestId: string
  client?: Client
  /** Which trace it goes on with, as the sender's header has it. Absent: a new one. */
  traceparent?: unknown
}

/**
 * Makes the context of one operation; loaders are built on it and so are never shared between callers. Loaders, the log
 * and the trace are made when they are first used: many operations need none of them.
 */
export function createContext<Loaders>(
  runtime: DomainRuntime,
  input: ContextInput,
  makeLoaders: (ctx: Context<unknown>) => Loaders,
): Context<Loaders> {
  const { caller } = input
  const viewer = caller.kind === 'user' ? caller : null
  const can: Context['can'] = (permission, { organizationId, id }) => {
    if (caller.kind === 'service') return true
    if (viewer === null) return false
    if (organizationId === null) return viewer.platformPermissions?.includes(permission) === true
    const grant = own(viewer.grants, organizationId)
    if (grant?.permissions.includes(permission)) return true
    return (id && grant?.scoped && own(grant.scoped, id)?.includes(permission)) === true
  }
  let trace: TraceContext | undefined
  let log: Log | undefined
  let peers: Peers | undefined
  let loaders: { made: Loaders } | undefined
  const ctx: Context<Loaders> = {
    domain: runtime.domain,
    caller,
    viewer,
    requestId: input.requestId,
    get trace() {
      trace ??= continueTrace(input.traceparent)
      return trace
    },
    client: input.client ?? unknownClient,
    token: input.token,
    db: runtime.database.db,
    get loaders() {
      loaders ??= { made: makeLoaders(ctx) }
      return loaders.made
    },
    get log() {
      log ??= runtime.log.child({
        requestId: input.requestId,
        trace_id: ctx.trace.traceId,
        viewer: viewer?.userId,
        impersonator: viewer?.impersonatorId,
      })
      return log
    },
    signals: runtime.signals,
    get peers() {
      peers ??=
        runtime.peers.within?.({
          'x-request-id': input.requestId,
          [traceHeader]: writeTraceparent(ctx.trace),
        }) ?? runtime.peers
      return peers
    },
    vault: runtime.vault,
    now: () => runtime.clock.now(),
    newId,
    requireViewer: () => {
      if (!viewer) throw new Unauthenticated()
      return viewer
    },
    can,
    require: (permission, object) => {
      if (can(permission, object)) return
      throw caller.kind === 'anonymous' ? new Unauthenticated() : new Forbidden()
    },
    requireStepUp: () => {
      if (caller.kind === 'service') return
      if (!viewer) throw new Unauthenticated()
      if ((viewer.steppedUpUntilMs ?? 0) <= runtime.clock.now().getTime()) throw new StepUpRequired()
    },
    transaction: (name, work, constraints, idempotent) =>
      runTransaction(runtime, ctx, name, work, constraints ?? {}, idempotent),
  }
  return ctx
}

const unknownClient: Client = { address: null, userAgent: null }

/** Ids come from clients: "constructor" is not a grant. */
const own = <Value>(record: Readonly<Record<string, Value>>, key: string): Value | undefined =>
  Object.hasOwn(record, key) ? record[key] : undefined
