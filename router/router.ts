import { ApolloServer, type ApolloServerPlugin, HeaderMap } from '@apollo/server'
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginInlineTraceDisabled,
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from '@apollo/server/plugin/disabled'
import { ApolloServerPluginLandingPageLocalDefault } from '@apollo/server/plugin/landingPage/default'
import { createLog, type Log } from '@guildhall/kit/log'
import type { SubgraphUpstream } from '@guildhall/kit/upstream'
import type { CallerResolver } from './caller-resolver.ts'
import { createClientReader } from './client.ts'
import { originPolicy } from './cors.ts'
import { createDataSource } from './data-source.ts'
import { dedupe } from './dedupe.ts'
import { createDocuments, maxTokens, subscriptionRefusal } from './documents.ts'
import { createErrorMask } from './errors.ts'
import { secureGateway } from './executor.ts'
import { registerExplorer } from './explorer.ts'
import { GuildGateway } from './gateway.ts'
import { createHttpApp } from './http.ts'
import { registerMailPages } from './mail-pages.ts'
import { logOperations } from './operation-log.ts'
import type { RequestContext } from './request-context.ts'
import { followSchema } from './schema-state.ts'
import { serveWebSockets } from './websocket.ts'

export interface RouterOptions {
  supergraphSdl: string
  /** How each subgraph of the supergraph is reached. They stay the owner's to close. */
  upstreams: Readonly<Record<string, SubgraphUpstream>>
  callers: CallerResolver
  log?: Log
  /** Hides what helps strangers: introspection, suggestions, the pages for people. */
  production?: boolean
  /** Pages that may call; by default any in development and none in production. */
  corsOrigins?: readonly string[] | undefined
  /** Addresses and networks (CIDR) of proxies in front, whose `X-Forwarded-For` is believed. */
  trustedProxies?: readonly string[] | undefined
  /** How long one request, or the hydration of one event, may take. */
  deadlineMs?: number
  /** The operation that an empty editor at `/explore` starts with. */
  explorerQuery?: string
  /** Whether the links in mails lead here, because there is no application of its own. Default: no. */
  mailPages?: boolean
}

export interface Router {
  /** @param host by default this machine alone. */
  listen(port: number, host?: string): Promise<{ port: number; url: string }>
  /** Turns unready, tells sockets to reconnect elsewhere, finishes what is in flight. */
  close(): Promise<void>
}

const graphqlPath = '/graphql'

/**
 * The one door to the supergraph: HTTP and graphql-ws on `/graphql`.
 *
 * @throws Error when the supergraph cannot be loaded or a subgraph of it has no upstream.
 */
export async function createRouter(options: RouterOptions): Promise<Router> {
  const { upstreams, callers, production = false, deadlineMs = 10_000 } = options
  const log = options.log ?? createLog('silent')
  const logger = quietLogger(log)

  const gateway = GuildGateway.create({ supergraphSdl: options.supergraphSdl, logger, ...sources(upstreams) })
  const state = followSchema(gateway, upstreams)
  const mask = createErrorMask(log, production)
  const apollo = new ApolloServer<RequestContext>({
    gateway: secureGateway(gateway, state),
    logger,
    formatError: (_formatted, error) => mask(error),
    introspection: !production,
    hideSchemaDetailsFromClientErrors: production,
    includeStacktraceInErrorResponses: false,
    csrfPrevention: true,
    parseOptions: { maxTokens },
    stopOnTerminationSignals: false,
    nodeEnv: production ? 'production' : 'development',
    plugins: plugins(log, production),
  })
  await apollo.start()

  let closing = false
  const clientOf = createClientReader(options.trustedProxies)
  const origins = originPolicy(options.corsOrigins, production)
  const app = createHttpApp({
    apollo,
    callers,
    clientOf,
    mask,
    origins,
    deadlineMs,
    graphqlPath,
    refuse: (query, operationName) => subscriptionRefusal(state().schema, query, operationName),
    isClosing: () => closing,
    problems: async () => {
      if (closing) return ['shutting down']
      return (await callers.isReady()) ? [] : ['access tokens cannot be verified yet']
    },
  })
  if (!production) {
    const landingPage = () => renderLandingPage(apollo)
    registerExplorer(app, { landingPage, graphqlPath, defaultQuery: options.explorerQuery })
  }
  if (options.mailPages) registerMailPages(app, graphqlPath)
  const sockets = serveWebSockets({
    server: app.server,
    path: graphqlPath,
    apollo,
    callers,
    clientOf,
    state,
    documents: createDocuments(),
    mask,
    logger,
    log,
    deadlineMs,
    allowsOrigin: (origin) => options.corsOrigins === undefined || origins.allows(origin),
  })

  return {
    async listen(port, host = 'localhost') {
      await app.listen({ port, host })
      const address = app.server.address()
      const actual = typeof address === 'object' && address ? address.port : port
      return { port: actual, url: `http://localhost:${actual}` }
    },
    async close() {
      if (closing) return
      closing = true
      await sockets.close()
      // An answer that was being sent when we began to close leaves its connection open and idle.
      const sweep = setInterval(() => app.server.closeIdleConnections(), 100)
      await app.close()
      clearInterval(sweep)
      await apollo.stop()
      await callers.close()
    },
  }
}

function sources(upstreams: RouterOptions['upstreams']) {
  return {
    dataSourceFor(subgraph: string) {
      const upstream = upstreams[subgraph]
      if (!upstream) throw new Error(`The supergraph has a subgraph "${subgraph}" that nobody serves.`)
      return dedupe(createDataSource(upstream))
    },
  }
}

function plugins(log: Log, production: boolean): ApolloServerPlugin<RequestContext>[] {
  return [
    logOperations(log),
    // Instruments every field of the schema if it is left on.
    ApolloServerPluginCacheControlDisabled(),
    ApolloServerPluginInlineTraceDisabled(),
    ApolloServerPluginUsageReportingDisabled(),
    production
      ? ApolloServerPluginLandingPageDisabled()
      : ApolloServerPluginLandingPageLocalDefault({ embed: { runTelemetry: false } }),
  ]
}

async function renderLandingPage(apollo: ApolloServer<RequestContext>): Promise<string> {
  const { body } = await apollo.executeHTTPGraphQLRequest({
    httpGraphQLRequest: {
      method: 'GET',
      headers: new HeaderMap([['accept', 'text/html']]),
      search: '',
      body: undefined,
    },
    context: () => Promise.reject(new Error('a page has no context')),
  })
  return body.kind === 'complete' ? body.string : ''
}

/** What Apollo's packages find worth telling is for whoever looks for a problem in them. */
const quietLogger = (log: Log) => ({
  debug: (message: unknown) => log.trace(message),
  info: (message: unknown) => log.debug(message),
  warn: (message: unknown) => log.warn(message),
  error: (message: unknown) => log.error(message),
})
