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
  const eager: Omit<Context<Loaders>, keyof typeof lazily> = {
    domain: runtime.domain,
    caller,
    viewer,
    requestId: input.requestId,
    client: input.client ?? unknownClient,
    token: input.token,
    db: runtime.database.db,
    signals: runtime.signals,
    vault: runtime.vault,
    now: () => runtime.clock.now(),
    unread: async () => (runtime.unread ? runtime.unread() : 0),
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
  const ctx = Object.defineProperties(eager, lazily) as Context<Loaders>
  Object.defineProperty(ctx, parts, { value: { ctx, runtime, input, makeLoaders, made: {} } })
  return ctx
}

const parts = Symbol('what the rest of a context is made from')

interface Parts {
  ctx: Context
  runtime: DomainRuntime
  input: ContextInput
  makeLoaders(ctx: Context): unknown
  made: { trace?: TraceContext; log?: Log; peers?: Peers; loaders?: { all: unknown } }
}

const accessor = (get: (from: Parts) => unknown): PropertyDescriptor => ({
  get(this: { [parts]: Parts }) {
    return get(this[parts])
  },
  enumerable: true,
  configurable: true,
})

/**
 * Accessors that all contexts share. In an object literal they would give each context a shape of its own, which V8 lets
 * go only in full collections, and the loaders with all their rows together with it.
 */
const lazily = {
  trace: accessor(({ made, input }) => {
    made.trace ??= continueTrace(input.traceparent)
    return made.trace
  }),
  loaders: accessor(({ made, ctx, makeLoaders }) => {
    made.loaders ??= { all: makeLoaders(ctx) }
    return made.loaders.all
  }),
  log: accessor(({ made, ctx, runtime }) => {
    made.log ??= runtime.log.child({
      requestId: ctx.requestId,
      trace_id: ctx.trace.traceId,
      viewer: ctx.viewer?.userId,
      impersonator: ctx.viewer?.impersonatorId,
    })
    return made.log
  }),
  peers: accessor(({ made, ctx, runtime }) => {
    made.peers ??=
      runtime.peers.within?.({ 'x-request-id': ctx.requestId, [traceHeader]: writeTraceparent(ctx.trace) }) ??
      runtime.peers
    return made.peers
  }),
}

const unknownClient: Client = { address: null, userAgent: null }

/** Ids come from clients: "constructor" is not a grant. */
const own = <Value>(record: Readonly<Record<string, Value>>, key: string): Value | undefined =>
  Object.hasOwn(record, key) ? record[key] : undefined
