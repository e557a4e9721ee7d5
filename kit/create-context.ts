import type { Caller } from './caller.ts'
import type { Context, DomainRuntime } from './context.ts'
import { Forbidden, Unauthenticated } from './errors.ts'
import { newId } from './ids.ts'
import type { Log } from './log.ts'
import { runTransaction } from './transaction.ts'

/** Who calls, and how this operation is known in logs. */
export interface ContextInput {
  caller: Caller
  token: string
  requestId: string
}

/**
 * Makes the context of one operation; loaders are built on it and so are never shared between callers. Loaders and the
 * log are made when they are first used: many operations need neither.
 */
export function createContext<Loaders>(
  runtime: DomainRuntime,
  input: ContextInput,
  makeLoaders: (ctx: Context<unknown>) => Loaders,
): Context<Loaders> {
  const { caller } = input
  const viewer = caller.kind === 'user' ? caller : null
  const can: Context['can'] = (permission, { organizationId }) =>
    caller.kind === 'service' ||
    (organizationId !== null &&
      viewer !== null &&
      // Organization ids come from clients: "constructor" is not a grant.
      Object.hasOwn(viewer.grants, organizationId) &&
      viewer.grants[organizationId]?.permissions.includes(permission) === true)
  let log: Log | undefined
  let loaders: { made: Loaders } | undefined
  const ctx: Context<Loaders> = {
    domain: runtime.domain,
    caller,
    viewer,
    requestId: input.requestId,
    token: input.token,
    db: runtime.database.db,
    get loaders() {
      loaders ??= { made: makeLoaders(ctx) }
      return loaders.made
    },
    get log() {
      log ??= runtime.log.child({ requestId: input.requestId, viewer: viewer?.userId })
      return log
    },
    signals: runtime.signals,
    peers: runtime.peers,
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
    transaction: (name, work, constraints, idempotent) =>
      runTransaction(runtime, ctx, name, work, constraints ?? {}, idempotent),
  }
  return ctx
}
