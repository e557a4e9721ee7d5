import type { Server } from 'node:http'
import { cachePolicyOf } from '../cache/policy.ts'
import type { CallerResolver } from '../callers/caller-resolver.ts'
import { type ClientReader, unknownClient } from '../callers/client.ts'
import type { ExecutionLogger } from '../execution/run-operation.ts'
import type { Operations } from '../operations/operations.ts'
import { createAdmission } from './admission.ts'
import { createEventStreams, type ServeEvents } from './event-streams.ts'
import { type LiveTuning, liveLimits } from './limits.ts'
import type { Preparation } from './prepare.ts'
import { maskResult } from './run-operation.ts'
import { createStreams } from './streams.ts'
import { createTeller, type TellerOptions } from './tell-errors.ts'
import { createTimerWheel } from './timer-wheel.ts'
import { type Sockets, serveWebSockets } from './websocket.ts'

export interface LiveOptions extends Omit<Preparation, 'tell'>, TellerOptions {
  path: string
  operations: Operations
  callers: CallerResolver
  clientOf: ClientReader
  logger: ExecutionLogger
  deadlineMs: number
  tuning?: LiveTuning | undefined
  /** Whether a browser page of this origin may connect to this host; other clients send no origin. */
  allowsOrigin(origin: string, host: string | undefined): boolean
}

/** What is worth seeing of the live part. */
export interface LiveStats {
  sockets: number
  /** Streams of server-sent events. */
  eventStreams: number
  /** Streams at subgraphs, and those who get them. */
  streams: number
  subscribers: number
  /** Streams at subgraphs opened since the start. */
  opened: number
  /** Connections that have not logged in. */
  anonymous: number
  users: number
  addresses: number
  /** Close code → sockets closed with it since the start. */
  closed: Readonly<Record<number, number>>
  /** HTTP status → sockets that were refused with it since the start. */
  refused: Readonly<Record<number, number>>
}

/** Everything that stays open. */
export interface Live {
  serveEvents: ServeEvents
  /** Serves sockets on the upgrade requests of a server. */
  serveSockets(server: Server): void
  stats(): LiveStats
  /** Tells clients to come back elsewhere. */
  close(): Promise<void>
}

const wheelStepMs = 250
/** Proxies close what is silent for a minute or less. */
const usualHeartbeatMs = 12_000

/** Serves subscriptions, and whatever else comes over sockets and event streams. */
export function createLive(options: LiveOptions): Live {
  const { callers, deadlineMs, logger } = options
  const limits = liveLimits(options.tuning)
  const admission = createAdmission(limits)
  const wheel = createTimerWheel(wheelStepMs)
  const tell = createTeller(options)
  const streams = createStreams({
    sharing: options.tuning?.sharing ?? true,
    deadlineMs,
    logger,
    mask: (result, request) =>
      maskResult(result, (errors) =>
        tell('event with errors', errors, { ...request, operationName: request.operation.name?.value }),
      ),
    isPublic: ({ state }, request) => cachePolicyOf(state, request).scope === 'PUBLIC',
    nobody: () => callers.resolve(undefined, unknownClient),
  })
  const heartbeatMs = options.tuning?.heartbeatMs ?? usualHeartbeatMs
  const parts = { ...options, limits, admission, wheel, streams, heartbeatMs, tell }
  const events = createEventStreams(parts)
  let sockets: Sockets | undefined
  return {
    serveEvents: events.serve,
    serveSockets(server) {
      sockets = serveWebSockets({ ...parts, server })
    },
    stats() {
      const { open, closed, refused } = sockets?.counts() ?? { open: 0, closed: {}, refused: {} }
      return {
        sockets: open,
        eventStreams: events.count(),
        closed,
        refused,
        ...streams.counts(),
        ...admission.counts(),
      }
    },
    async close() {
      events.close()
      await sockets?.close()
    },
  }
}
