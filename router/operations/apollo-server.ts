import { ApolloServer, type ApolloServerPlugin, HeaderMap } from '@apollo/server'
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginInlineTraceDisabled,
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from '@apollo/server/plugin/disabled'
import { ApolloServerPluginLandingPageLocalDefault } from '@apollo/server/plugin/landingPage/default'
import type { GatewayInterface } from '@apollo/server-gateway-interface'
import type { Log } from '@guildhall/kit/log'
import { scrub } from '@guildhall/kit/log/scrub'
import type { AnswerCache } from '../cache/answer-cache.ts'
import type { RequestContext } from '../execution/request-context.ts'
import type { SchemaDelivery } from '../schema/schema-state.ts'
import type { RouterMetrics } from '../sight/router-metrics.ts'
import { validationOptions } from './documents.ts'
import type { ErrorMask } from './errors.ts'
import type { Gate } from './gate.ts'
import { gateForApollo } from './gate-plugin.ts'
import { noIntrospection } from './introspection.ts'
import { logOperations } from './operation-log.ts'

export interface ApolloServerOptions {
  gateway: GatewayInterface
  gate: Gate
  cache: AnswerCache
  schemas: SchemaDelivery
  mask: ErrorMask
  log: Log
  /** Where there are metrics. */
  counted?: RouterMetrics | undefined
  /** Of those who watch. */
  plugins?: readonly ApolloServerPlugin<RequestContext>[]
  logger: ReturnType<typeof quietLogger>
  production: boolean
  /** Whether the schema may be asked for. */
  introspection: boolean
}

/** Apollo Server as the router needs it: parsing, validation and HTTP of queries and mutations. Not started yet. */
export function createApolloServer(options: ApolloServerOptions): ApolloServer<RequestContext> {
  const { gateway, gate, cache, mask, log, logger, production, introspection } = options
  const { plugin, rule } = gateForApollo(gate, options.schemas.viewOf)
  const origins = new WeakMap<object, RequestContext>()
  return new ApolloServer<RequestContext>({
    gateway,
    logger,
    formatError: (_formatted, error) => mask(error, isObject(error) ? origins.get(error) : undefined),
    // Its own refusal names what serves here; ours (a validation rule) does not.
    introspection: true,
    hideSchemaDetailsFromClientErrors: production,
    includeStacktraceInErrorResponses: false,
    csrfPrevention: true,
    parseOptions: { maxTokens: gate.limits.tokens },
    validationRules: introspection ? [rule] : [rule, noIntrospection],
    validationOptions,
    stopOnTerminationSignals: false,
    nodeEnv: production ? 'production' : 'development',
    plugins: [
      plugin,
      cache.plugin,
      ...(options.plugins ?? []),
      logOperations(log, origins, options.counted),
      ...plugins(production),
    ],
  })
}

function plugins(production: boolean): ApolloServerPlugin<RequestContext>[] {
  return [
    // Instruments every field of the schema if it is left on.
    ApolloServerPluginCacheControlDisabled(),
    ApolloServerPluginInlineTraceDisabled(),
    ApolloServerPluginUsageReportingDisabled(),
    production
      ? ApolloServerPluginLandingPageDisabled()
      : ApolloServerPluginLandingPageLocalDefault({ embed: { runTelemetry: false } }),
  ]
}

const isObject = (error: unknown): error is object => typeof error === 'object' && error !== null

/** The page that Apollo Server shows to people. */
export async function renderLandingPage(apollo: ApolloServer<RequestContext>): Promise<string> {
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
export const quietLogger = (log: Log) => ({
  debug: (message: unknown) => log.trace(clean(message)),
  info: (message: unknown) => log.debug(clean(message)),
  warn: (message: unknown) => log.warn(clean(message)),
  error: (message: unknown) => log.error(clean(message)),
})

const clean = (message: unknown) => (typeof message === 'string' ? scrub(message) : message)
