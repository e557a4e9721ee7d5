import { Unauthenticated } from '@guildhall/kit/errors'
import { pushIterator } from '@guildhall/kit/push-iterator'
import type { ExecutionResult } from 'graphql'
import type { CallerChange } from '../callers/caller-resolver.ts'
import type { ResolvedCaller } from '../execution/request-context.ts'
import { openScope, type RequestScope } from '../execution/request-scope.ts'
import type { Visitor } from './admission.ts'
import { closeCodes } from './close-codes.ts'
import { tokenExpired } from './refusals.ts'
import type { SocketSender } from './socket-sender.ts'
import { createStanding, type Dismissal, type StandingOptions } from './standing.ts'

/** One client's socket: who it is, what it is waiting for, and when it has to go. */
export interface SocketSession {
  readonly sender: SocketSender
  /** Whether the client has said who it is, or that it is nobody. */
  isIntroduced(): boolean
  /** Verifies the token of the connection parameters. False: the socket is refused. */
  authenticate(connectionParams: unknown): Promise<boolean>
  caller(): ResolvedCaller
  /** Whoever has logged in. */
  viewer(): string | undefined
  /** Resolves the caller again if the change concerns it; closes the socket when the session ended or rights were lost. */
  recheck(change: CallerChange): void
  /**
   * Runs a query or mutation; a closing socket waits until it was answered. The one result comes from an iterator, because
   * that is what graphql-ws ends when the client no longer wants it, or is gone.
   */
  run(
    id: string,
    work: (scope: RequestScope) => Promise<ExecutionResult>,
  ): AsyncIterableIterator<ExecutionResult>
  /** How many run on although nobody waits for their answers: mutations do. */
  runningOn(): number
  /** A stream runs, which `end` ends with an error. */
  streams(id: string, end: (error: unknown) => void): void
  /** The answer to an operation is being sent. */
  answered(id: string): void
  close(code: number, reason: string): void
  /** Closes as soon as no query or mutation is running. */
  drain(): void
  /** The socket is gone. */
  ended(): void
}

export interface SessionOptions extends Omit<StandingOptions, 'dismiss'> {
  sender: SocketSender
  visitor: Visitor
  deadlineMs: number
  /** @param cause what the log says of it. */
  close(code: number, reason: string, cause?: unknown): void
}

/** So long may it take to tell each stream that the token has expired. */
const farewellMs = 500

export function createSession(options: SessionOptions): SocketSession {
  const { sender, visitor, deadlineMs, close } = options
  const running = new Map<string, RequestScope>()
  const unawaited = new Set<RequestScope>()
  const streams = new Map<string, (error: unknown) => void>()
  let introduced = false
  let viewer: string | undefined
  let draining = false
  let expired = false

  const closeWhenIdle = () => {
    if (draining && running.size === 0) close(closeCodes.restart, 'Service restart')
  }
  const closeExpired = () => close(closeCodes.forbidden, 'Token expired')
  const dismiss = (why: Dismissal) => {
    if (why !== 'Token expired') return close(closeCodes.forbidden, why)
    expired = true
    for (const end of streams.values()) end(tokenExpired())
    if (streams.size === 0) closeExpired()
    else setTimeout(closeExpired, farewellMs).unref()
  }
  const standing = createStanding({ ...options, dismiss })

  return {
    sender,
    isIntroduced: () => introduced,
    async authenticate(connectionParams) {
      introduced = true
      try {
        const { caller } = await standing.introduce(authorizationOf(connectionParams))
        if (caller.kind === 'user') viewer = caller.userId
        if (visitor.identify(caller)) return true
        close(closeCodes.tryLater, 'Too many connections')
      } catch (error) {
        if (error instanceof Unauthenticated) close(closeCodes.forbidden, 'Forbidden', error)
        else close(closeCodes.tryLater, 'Try again later', error)
      }
      return false
    },
    caller: standing.caller,
    viewer: () => viewer,
    recheck: standing.recheck,
    run(id, work) {
      const scope = openScope(deadlineMs)
      running.set(id, scope)
      return pushIterator<ExecutionResult>(({ push, end, fail }) => {
        let isDone = false
        const done = () => {
          isDone = true
          scope.end()
          unawaited.delete(scope)
          end()
        }
        work(scope).then(push, fail).finally(done)
        return () => {
          if (isDone) return
          unawaited.add(scope)
          scope.abandon()
        }
      })
    },
    runningOn: () => unawaited.size,
    streams: (id, end) => void streams.set(id, end),
    answered(id) {
      streams.delete(id)
      if (expired && streams.size === 0) closeExpired()
      const scope = running.get(id)
      if (!scope) return
      // The last frame of the answer is sent after this call: closing now would overtake it.
      setImmediate(() => {
        // An id whose operation is over may have been given to the next.
        if (running.get(id) === scope) running.delete(id)
        closeWhenIdle()
      })
    },
    close,
    drain() {
      draining = true
      closeWhenIdle()
    },
    ended() {
      standing.end()
      visitor.leave()
    },
  }
}

/** Clients send the header either as it is or, like Apollo Sandbox, among `headers`; in any case. */
function authorizationOf(params: unknown): string | undefined {
  if (typeof params !== 'object' || params === null) return undefined
  for (const [name, value] of Object.entries(params)) {
    if (name.toLowerCase() === 'authorization' && typeof value === 'string') return value
    if (name === 'headers' && authorizationOf(value)) return authorizationOf(value)
  }
  return undefined
}
