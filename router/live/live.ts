import type { Log } from '@guildhall/kit/log'
import type { FastifyInstance } from 'fastify'
import { cachePolicyOf } from '../cache/policy.ts'
import type { CallerResolver } from '../callers/caller-resolver.ts'
import { type ClientReader, unknownClient } from '../callers/client.ts'
import type { PlanRequest } from '../execution/executor.ts'
import type { ApolloServers } from '../operations/apollo-servers.ts'
import type { ErrorMask } from '../operations/errors.ts'
import { createAdmission } from './admission.ts'
import { type LiveTuning, liveLimits } from './limits.ts'
import type { Preparation } from './prepare.ts'
import { maskResult } from './run-operation.ts'
import { createStreams } from './streams.ts'
import { createTimerWheel } from './timer-wheel.ts'
import { serveWebSockets } from './websocket.ts'

export interface LiveOptions extends Preparation {
  app: FastifyInstance
  path: string
  apollo: ApolloServers
  callers: CallerResolver
  clientOf: ClientReader
  mask: ErrorMask
  logger: PlanRequest['logger']
  log: Log
  deadlineMs: number
  tuning?: LiveTuning | undefined
  /** Whether a browser page of this origin may connect to this host; other clients send no origin. */
  allowsOrigin(origin: string, host: string | undefined): boolean
}

/** What is worth seeing of the live part. */
export interface LiveStats {
  sockets: number
  /** Streams at subgraphs, and those who get them. */
  streams: number
  subscribers: number
  /** Streams opened since the start. */
  opened: number
  /** Connections that have not logged in. */
  anonymous: number
  users: number
  addresses: number
  /** Close code → sockets closed with it since the start. */
  closed: Readonly<Record<number, number>>
}

/** Everything that stays open. */
export interface Live {
  stats(): LiveStats
  /** Tells clients to come back elsewhere. */
  close(): Promise<void>
}

const wheelStepMs = 250

/** Serves subscriptions, and whatever else comes over sockets. */
export function serveLive(options: LiveOptions): Live {
  const { app, callers, mask, deadlineMs, logger } = options
  const limits = liveLimits(options.tuning)
  const admission = createAdmission(limits)
  const wheel = createTimerWheel(wheelStepMs)
  const streams = createStreams({
    sharing: options.tuning?.sharing ?? true,
    deadlineMs,
    logger,
    mask: (result) => maskResult(result, mask),
    isPublic: ({ state }, request) => cachePolicyOf(state, request).scope === 'PUBLIC',
    nobody: () => callers.resolve(undefined, unknownClient),
  })
  const sockets = serveWebSockets({ ...options, server: app.server, limits, admission, wheel, streams })
  return {
    stats() {
      const { open, closed } = sockets.counts()
      return { sockets: open, closed, ...streams.counts(), ...admission.counts() }
    },
    close: sockets.close,
  }
}
