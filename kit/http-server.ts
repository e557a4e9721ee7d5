import { setTimeout as pause } from 'node:timers/promises'
import { ApolloServer, type ApolloServerPlugin } from '@apollo/server'
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginInlineTraceDisabled,
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from '@apollo/server/plugin/disabled'
import { fastifyApolloDrainPlugin, fastifyApolloHandler } from '@as-integrations/fastify'
import { fastify } from 'fastify'
import { type ExecutionArgs, GraphQLError, parse, validate } from 'graphql'
import type { SubscribePayload } from 'graphql-ws'
import { useServer } from 'graphql-ws/use/ws'
import { WebSocketServer } from 'ws'
import { contextHeader } from './caller.ts'
import type { Context } from './context.ts'
import { type ApolloContext, answeringWithOurs } from './execution/apollo-executor.ts'
import type { Probes } from './health/health.ts'
import { registerProbes } from './health/probes.ts'
import type { Log } from './log.ts'
import { maskError } from './mask-errors.ts'
import { measureHttp } from './metrics/http-metrics.ts'
import type { Metrics } from './metrics/metrics.ts'
import { clientOf, type SubgraphRuntime } from './subgraph-runtime.ts'
import { readTraceparent, traceHeader } from './tracing/trace-context.ts'
import { traceServer } from './tracing/traced-server.ts'
import type { Tracing } from './tracing/tracing.ts'

/** A subgraph that answers on a port. */
export interface SubgraphServer {
  port: number
  close(): Promise<void>
}

/** What a server of a subgraph has to do with its process. */
export interface ServeOptions {
  health: Probes
  metrics?: Metrics | undefined
  tracing?: Tracing | undefined
  /** How long requests are still taken after readiness was withdrawn. Default: not at all. */
  drainDelayMs?: number | undefined
}

/** Longer than any client keeps an idle connection, or requests would race with our closing it. */
const keepAliveMs = 65_000

/** Node's own limit is 16 KiB; the context of somebody with rights in many organizations and over many objects is longer. */
const maxHeaderSize = 1024 * 1024

/**
 * Serves one domain over HTTP and graphql-ws on `/graphql`, for the router and other domains only: without a valid
 * signed context nothing is answered, not even the schema.
 */
export async function serveSubgraph(
  subgraph: SubgraphRuntime,
  { health, metrics, tracing, drainDelayMs = 0 }: ServeOptions,
  port: number,
  host: string,
): Promise<SubgraphServer> {
  const { definition, runtime } = subgraph
  const app = fastify({
    http: { maxHeaderSize },
    bodyLimit: 10 * 1024 * 1024,
    keepAliveTimeout: keepAliveMs,
    forceCloseConnections: 'idle',
  })
  // What is refused before it is executed is formatted without its operation, whose log says which request it was.
  const origins = new WeakMap<object, Context>()
  const server = new ApolloServer<ApolloContext>({
    schema: definition.graphqlSchema,
    introspection: true,
    persistedQueries: false,
    stopOnTerminationSignals: false,
    includeStacktraceInErrorResponses: false,
    formatError: (_formatted, error) =>
      maskError(error, (isObject(error) ? origins.get(error)?.log : undefined) ?? runtime.log),
    plugins: [
      rememberOrigins(origins),
      answeringWithOurs((error, ctx) => maskError(error, ctx.log)),
      ApolloServerPluginCacheControlDisabled(),
      ApolloServerPluginInlineTraceDisabled(),
      ApolloServerPluginLandingPageDisabled(),
      ApolloServerPluginUsageReportingDisabled(),
      fastifyApolloDrainPlugin(app),
    ],
  })
  if (metrics) measureHttp(app, metrics)
  if (tracing) traceServer(app, definition.domain, tracing)
  await server.start()
  let closing = false
  // A connection whose last request was under way when we began to close would be kept alive, and us with it.
  app.addHook('onSend', async (_request, reply) => {
    if (closing) reply.header('connection', 'close')
  })

  app.decorateRequest<ApolloContext | null>('ours', null)
  app.post('/graphql', {
    // Before the body is read: a stranger's ten megabytes are not parsed.
    onRequest: async (request, reply) => {
      const { [contextHeader]: token, 'x-request-id': requestId, [traceHeader]: trace } = request.headers
      try {
        const ctx = await subgraph.contextFor(
          asText(token),
          asText(requestId),
          clientOf(request.headers),
          trace,
        )
        request.setDecorator<ApolloContext | null>('ours', { ctx })
      } catch (error) {
        await reply.code(401).send({ errors: [maskError(error, runtime.log)] })
      }
    },
    handler: fastifyApolloHandler(server, {
      context: async (request) => request.getDecorator<ApolloContext>('ours'),
    }),
  })
  registerProbes(app, {
    ...health,
    problems: async () => (closing ? ['shutting down'] : health.problems()),
  })

  const sockets = new WebSocketServer({ server: app.server, path: '/graphql', maxPayload: 1024 * 1024 })
  const socketServer = useServer(
    {
      onSubscribe: (_connection, _id, payload) => prepareOperation(subgraph, payload),
      onNext: (_connection, _id, payload, _args, { data, errors }) =>
        errors ? { data: data ?? null, errors: maskAll(errors, payload, runtime.log) } : undefined,
      onError: (_connection, _id, payload, errors) => maskAll(errors, payload, runtime.log),
    },
    sockets,
  )
  await app.listen({ port, host })
  const address = app.server.address()
  const close = async () => {
    closing = true
    await pause(drainDelayMs)
    await socketServer.dispose()
    await app.close()
    await server.stop()
  }
  let closed: Promise<void> | undefined
  return {
    port: typeof address === 'object' && address ? address.port : port,
    close: () => {
      closed ??= close()
      return closed
    },
  }
}

/**
 * The context first: without one not even a syntax error is answered. Whatever is wrong is told to this operation
 * alone; thrown, it would close the socket that all operations of a router share.
 */
async function prepareOperation(
  { contextFor, definition: { graphqlSchema: schema } }: SubgraphRuntime,
  payload: SubscribePayload,
): Promise<ExecutionArgs | readonly GraphQLError[]> {
  try {
    const { context, traceparent, headers } = payload.extensions ?? {}
    const told = typeof headers === 'object' && headers !== null ? (headers as Record<string, unknown>) : {}
    const requestId = asText(told['x-request-id'])
    const contextValue = await contextFor(asText(context), requestId, clientOf(told), traceparent)
    const document = parse(payload.query)
    const problems = validate(schema, document)
    if (problems.length > 0) return problems
    return {
      schema,
      document,
      contextValue,
      operationName: payload.operationName,
      variableValues: payload.variables,
    }
  } catch (error) {
    return [error instanceof GraphQLError ? error : new GraphQLError('', { originalError: error as Error })]
  }
}

/** What is refused has no context whose log says which request it was; the operation itself says so too. */
function maskAll(errors: readonly GraphQLError[], { extensions }: SubscribePayload, log: Log) {
  const { headers, traceparent } = extensions ?? {}
  const requestId = isObject(headers)
    ? asText((headers as Record<string, unknown>)['x-request-id'])
    : undefined
  const own = log.child({ requestId, trace_id: readTraceparent(traceparent)?.traceId })
  return errors.map((error) => maskError(error, own))
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null

const rememberOrigins = (origins: WeakMap<object, Context>): ApolloServerPlugin<ApolloContext> => ({
  requestDidStart: async () => ({
    async didEncounterErrors({ errors, contextValue }) {
      for (const error of errors) origins.set(error, contextValue.ctx)
    },
  }),
})

const asText = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined)
