import type { Caller, UserCaller } from '@guildhall/kit/caller'
import type { Client } from '@guildhall/kit/context'
import { Unauthenticated } from '@guildhall/kit/errors'
import type { Log } from '@guildhall/kit/log'
import type { WebSocket } from 'ws'
import { hasLostRights } from '../access/rights.ts'
import type { CallerChange, CallerResolver } from '../callers/caller-resolver.ts'
import type { ResolvedCaller } from '../execution/request-context.ts'
import { openScope, type RequestScope } from '../execution/request-scope.ts'

/** Codes with which sockets are closed; graphql-ws clients reconnect after all of them. */
export const closeCodes = { forbidden: 4403, restart: 1012, tryLater: 1013, internal: 4500 } as const

/** One client's socket: who it is, what it is waiting for, and when it has to go. */
export interface SocketSession {
  /** Verifies the token of the connection parameters. False: the socket is refused. */
  authenticate(connectionParams: unknown): Promise<boolean>
  caller(): ResolvedCaller
  /** Resolves the caller again if the change concerns it; closes the socket when the session ended or rights were lost. */
  recheck(change: CallerChange): void
  /** Runs a query or mutation; a closing socket waits until it was answered. */
  run<T>(id: string, work: (scope: RequestScope) => Promise<T>): Promise<T>
  /** The answer to an operation is being sent. */
  answered(id: string): void
  close(code: number, reason: string): void
  /** Closes as soon as no query or mutation is running. */
  drain(): void
  /** The socket is gone. */
  ended(): void
}

export interface SessionOptions {
  socket: WebSocket
  callers: CallerResolver
  client: Client
  deadlineMs: number
  log: Log
}

/** `setTimeout` takes no more; no token of ours lives that long. */
const longestTimerMs = 2 ** 31 - 1

export function createSession({ socket, callers, client, deadlineMs, log }: SessionOptions): SocketSession {
  const running = new Map<string, RequestScope>()
  let authorization: string | undefined
  let resolved: ResolvedCaller | undefined
  let expiry: NodeJS.Timeout | undefined
  let draining = false

  const close = (code: number, reason: string) => socket.close(code, reason)
  const closeWhenIdle = () => {
    if (draining && running.size === 0) close(closeCodes.restart, 'Service restart')
  }
  const closeAtExpiry = (expiresAtSeconds: number | undefined) => {
    if (expiresAtSeconds === undefined) return
    const remainingMs = Math.max(0, expiresAtSeconds * 1_000 - Date.now())
    if (remainingMs > longestTimerMs) return
    expiry = setTimeout(() => close(closeCodes.forbidden, 'Token expired'), remainingMs)
  }

  return {
    async authenticate(connectionParams) {
      authorization = authorizationOf(connectionParams)
      try {
        resolved = await callers.resolve(authorization, client)
        closeAtExpiry(resolved.expiresAtSeconds)
        return true
      } catch (error) {
        if (!(error instanceof Unauthenticated)) {
          log.warn({ err: error }, 'caller of a socket could not be resolved')
          close(closeCodes.tryLater, 'Try again later')
        }
        return false
      }
    },
    caller() {
      if (!resolved) throw new Unauthenticated()
      return resolved
    },
    recheck(change) {
      const before = resolved?.caller
      if (before?.kind !== 'user' || !concerns(change, before)) return
      callers.resolve(authorization, client).then(
        (after) => {
          if (isLess(before, after.caller)) close(closeCodes.forbidden, 'Rights changed')
          else resolved = after
        },
        (error: unknown) => {
          // Unavailable proves nothing about the session: the token's own end bounds how long that may last.
          if (error instanceof Unauthenticated) close(closeCodes.forbidden, 'Session ended')
        },
      )
    },
    async run(id, work) {
      const scope = openScope(deadlineMs)
      running.set(id, scope)
      try {
        return await work(scope)
      } finally {
        scope.end()
      }
    },
    answered(id) {
      // The last frame of the answer is sent after this call: closing now would overtake it.
      setImmediate(() => {
        running.delete(id)
        closeWhenIdle()
      })
    },
    close,
    drain() {
      draining = true
      closeWhenIdle()
    },
    ended() {
      clearTimeout(expiry)
      for (const scope of running.values()) scope.abandon()
    },
  }
}

const concerns = ({ userId, sessionId }: CallerChange, caller: UserCaller): boolean =>
  (userId === undefined || userId === caller.userId) &&
  (sessionId === undefined || sessionId === caller.sessionId)

const isLess = (before: UserCaller, after: Caller): boolean =>
  after.kind !== 'user' || hasLostRights(before, after)

/** Clients send the header either as it is or, like Apollo Sandbox, among `headers`; in any case. */
function authorizationOf(params: unknown): string | undefined {
  if (typeof params !== 'object' || params === null) return undefined
  for (const [name, value] of Object.entries(params)) {
    if (name.toLowerCase() === 'authorization' && typeof value === 'string') return value
    if (name === 'headers' && authorizationOf(value)) return authorizationOf(value)
  }
  return undefined
}
