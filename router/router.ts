import { setTimeout as pause } from 'node:timers/promises'
import type { Health } from '@guildhall/kit/health/health'
import { createLog, type Log } from '@guildhall/kit/log'
import type { Metrics } from '@guildhall/kit/metrics/metrics'
import type { Tracing } from '@guildhall/kit/tracing/tracing'
import type { SubgraphUpstream } from '@guildhall/kit/upstream'
import { type AnswerCacheStats, type CacheTuning, createAnswerCache } from './cache/answer-cache.ts'
import type { CallerResolver } from './callers/caller-resolver.ts'
import { createClientReader } from './callers/client.ts'
import { createExecutor } from './execution/executor.ts'
import { createHttpApp } from './http/app.ts'
import { originPolicy } from './http/cors.ts'
import { registerExplorer } from './http/explorer.ts'
import { registerMailHooks } from './http/mail-hooks.ts'
import { mailPageOperations, registerMailPages } from './http/mail-pages.ts'
import type { LiveTuning } from './live/limits.ts'
import { createLive, type LiveStats } from './live/live.ts'
import { createDocuments } from './operations/documents.ts'
import { createErrorMask } from './operations/errors.ts'
import { createGate, type GateTuning } from './operations/gate.ts'
import { logOperations } from './operations/operation-log.ts'
import { createOperations } from './operations/operations.ts'
import { createPersistedOperations, type PersistedTuning } from './operations/persisted.ts'
import { quietLogger } from './operations/quiet-logger.ts'
import { connectRedis } from './redis.ts'
import { GuildGateway } from './schema/gateway.ts'
import { deliverSchema } from './schema/schema-state.ts'
import { watchRouter } from './sight/router-health.ts'
import { openSight } from './sight/sight.ts'
import type { SightTuning } from './sight/tuning.ts'

/** What a router is made of. */
export interface RouterOptions extends RouterTuning {
  supergraphSdl: string
  /** How each subgraph of the supergraph is reached. They stay the owner's to close. */
  upstreams: Readonly<Record<string, SubgraphUpstream>>
  callers: CallerResolver
  /** Where to count and measure. Default: nowhere. */
  metrics?: Metrics | undefined
  /** Where to record traces; its owner closes it. Default: nowhere. */
  tracing?: Tracing | undefined
  /** Domains that run in this process: their health is part of ours. */
  inside?: Health
  /** What is not done yet although everything runs, such as the writing of a demo world: we are not ready before. */
  preparations?: () => readonly string[]
  log?: Log
}

/** What an operator may decide; everything has a default. */
export interface RouterTuning {
  /** Hides what helps strangers: introspection, suggestions, the pages for people. */
  production?: boolean
  /** Pages that may call; by default any in development and none in production. */
  corsOrigins?: readonly string[] | undefined
  /** Addresses and networks (CIDR) of proxies in front, whose `X-Forwarded-For` is believed. */
  trustedProxies?: readonly string[] | undefined
  /** Whether clients reach us by https only, because a proxy in front ends TLS. Default: no. */
  https?: boolean
  /** How long one request, or the hydration of one event, may take. */
  deadlineMs?: number
  /** How long requests are still taken after readiness was withdrawn, before everything closes. Default: not at all. */
  drainDelayMs?: number
  /** The operation that an empty editor at `/explore` starts with. */
  explorerQuery?: string
  /** Whether the schema may be asked for; `auto`: in development. Default: `auto`. */
  introspection?: 'auto' | 'on' | 'off' | undefined
  /** Operations that clients name instead of sending them, and whether they may send others. */
  persisted?: PersistedTuning | undefined
  /** Tags of the supergraph; what one includes is served as an API of its own at `/graphql/<tag>`. */
  contracts?: readonly string[]
  /** Whether the links in mails lead here, because there is no application of its own. Default: no. */
  mailPages?: boolean
  /** Whoever knows it may report what became of mails at `/hooks/mail`. Default: nobody may. */
  mailHookSecret?: string | undefined
  /** Redis or Valkey that several routers share; without it each is alone. */
  redisUrl?: string | undefined
  /** Most bytes that a request may bring. Default: 256 KiB. */
  bodyBytes?: number | undefined
  /** What clients may ask for, and how much. */
  gate?: GateTuning
  /** Answers that are kept to be given again. */
  cache?: CacheTuning
  /** Sockets and event streams: limits, sharing. */
  live?: LiveTuning
  /** What operators see of it. */
  sight?: SightTuning
}

export interface Router {
  health: Health
  /** What stays open now. */
  liveStats(): LiveStats
  /** Answers that are kept to be given again. */
  cacheStats(): AnswerCacheStats
  /**
   * Serves another supergraph to the requests that come from now on; those under way, and open streams, go on with theirs.
   *
   * @throws Error when it cannot be used or has a subgraph without an upstream; then nothing has changed.
   */
  update(supergraphSdl: string): void
  /** @param host by default this machine alone. */
  listen(port: number, host?: string): Promise<{ port: number; url: string }>
  /** Turns unready, tells sockets to reconnect elsewhere, finishes what is in flight. */
  close(): Promise<void>
}

const graphqlPath = '/graphql'

/**
 * The one door to the supergraph: HTTP and graphql-ws on `/graphql`, and for each contract on `/graphql/<name>`.
 *
 * @throws Error when the supergraph cannot be loaded or a subgraph of it has no upstream.
 */
export async function createRouter(options: RouterOptions): Promise<Router> {
  const { production = false, deadlineMs = 10_000 } = options
  const log = options.log ?? createLog('silent')
  const logger = quietLogger(log)
  const introspection = options.introspection === 'on' || (options.introspection !== 'off' && !production)
  const redis = options.redisUrl === undefined ? undefined : connectRedis(options.redisUrl, log)
  const gate = createGate(options.gate, redis)
  const persisted = createPersistedOperations({
    ...options.persisted,
    log,
    maxTokens: gate.limits.tokens,
    introspection,
    ownTexts: options.mailPages ? mailPageOperations : [],
  })

  const named = new Set(options.sight?.operations)
  const sight = openSight({ ...options, isKnown: (name) => named.has(name) || persisted.names().has(name) })
  const { upstreams, callers, counted } = sight
  const gateway = GuildGateway.create({
    supergraphSdl: options.supergraphSdl,
    isServed: (subgraph) => upstreams[subgraph] !== undefined,
    logger,
  })
  const schemas = await deliverSchema(gateway, upstreams, options.contracts ?? [], sight.planner)
  const mask = createErrorMask(log, production, counted?.error)
  const cache = createAnswerCache(options.cache, redis)
  callers.onChange(cache.onChange)
  const documents = createDocuments(gate, introspection)
  const operations = createOperations({
    documents,
    gate,
    cache,
    execute: sight.executor(createExecutor(logger)),
    mask,
    watches: [...sight.watches, logOperations(log, counted)],
  })

  let closing = false
  const health = watchRouter({ ...options, isClosing: () => closing })
  const clientOf = createClientReader(options.trustedProxies)
  const origins = originPolicy(options.corsOrigins, production)
  const live = createLive({
    path: graphqlPath,
    schemas,
    operations,
    callers,
    clientOf,
    gate,
    documents,
    persisted,
    mask,
    logger,
    log,
    rejected: counted?.rejected,
    deadlineMs,
    tuning: options.live,
    allowsOrigin: origins.allowsSocket,
  })
  const app = createHttpApp({
    serveEvents: live.serveEvents,
    schemas,
    operations,
    callers,
    clientOf,
    persisted,
    mask,
    metrics: options.metrics,
    counted,
    log,
    origins,
    https: options.https ?? false,
    deadlineMs,
    graphqlPath,
    bodyBytes: options.bodyBytes,
    isClosing: () => closing,
    health,
    healthToken: options.sight?.healthToken,
    gitSha: options.sight?.gitSha,
  })
  if (!production) {
    const hasView = (name: string) => schemas.now().views.get(name) !== undefined
    registerExplorer(app, { graphqlPath, hasView, defaultQuery: options.explorerQuery })
  }
  if (options.mailPages) registerMailPages(app, graphqlPath)
  const { notifications } = upstreams
  if (callers.asRouter && notifications) {
    const { asRouter } = callers
    registerMailHooks(app, { notifications, asRouter, secret: options.mailHookSecret })
  }
  live.serveSockets(app.server)
  sight.stats(live.stats, cache.stats, () => schemas.now().plans.lookups)

  return {
    health,
    liveStats: live.stats,
    cacheStats: cache.stats,
    update: schemas.update,
    async listen(port, host = 'localhost') {
      await app.listen({ port, host })
      const address = app.server.address()
      const actual = typeof address === 'object' && address ? address.port : port
      return { port: actual, url: `http://localhost:${actual}` }
    },
    async close() {
      if (closing) return
      closing = true
      await pause(options.drainDelayMs ?? 0)
      persisted.close()
      await live.close()
      // An answer that was being sent when we began to close leaves its connection open and idle.
      const sweep = setInterval(() => app.server.closeIdleConnections(), 100)
      await app.close()
      clearInterval(sweep)
      await schemas.stop()
      await callers.close()
      await redis?.close()
      health.close()
    },
  }
}
