import { DEFAULT_SUPPORTED_SUPERGRAPH_FEATURES, type Schema } from '@apollo/federation-internals'
import { ApolloGateway, type GatewayConfig, type GraphQLDataSource } from '@apollo/gateway'
import type { QueryPlanner } from '@apollo/query-planner'
import type { GraphQLSchema } from 'graphql'
import { disableApolloTelemetry } from '../config.ts'

// The gateway refuses supergraphs whose access directives it does not enforce. Ours does (auth-filter.ts): this is the
// only place that says so, and nothing but the enforcing executor may import it.
for (const feature of ['authenticated', 'requiresScopes', 'policy']) {
  DEFAULT_SUPPORTED_SUPERGRAPH_FEATURES.add(`https://specs.apollo.dev/${feature}/v0.1`)
}

/** One generation of the supergraph as the gateway holds it. */
export interface GatewaySnapshot {
  /** Tells generations with different texts apart, in all routers alike. */
  id: string
  /** The API as clients see it, for graphql-js. */
  schema: GraphQLSchema
  /** The same for the planner. */
  apiSchema: Schema
  /** The whole supergraph, with its federation and access directives. */
  supergraphSchema: GraphQLSchema
  planner: QueryPlanner
}

export interface GatewayOptions {
  supergraphSdl: string
  /** Whether somebody serves a subgraph. */
  isServed(subgraph: string): boolean
  logger: NonNullable<GatewayConfig['logger']>
}

/**
 * Apollo's gateway, of which we keep the life cycle and the planner. Its executor stays unused: it can neither filter by
 * access nor run subscriptions, and it reads schema and planner at different moments.
 */
export class GuildGateway extends ApolloGateway {
  /** Loads another supergraph. @throws Error when it cannot be used; the one before stays. */
  update: (supergraphSdl: string) => void = notLoaded

  static create(options: GatewayOptions): GuildGateway {
    disableApolloTelemetry()
    const gateway: GuildGateway = new GuildGateway({
      supergraphSdl: async ({ update }) => {
        gateway.update = update
        return { supergraphSdl: options.supergraphSdl }
      },
      buildService: ({ name }) => checkServed(name, options),
      logger: options.logger,
      // Composition has validated it; doing it again doubles the time to start.
      validateSupergraph: false,
      // Subgraphs in this process execute the parsed operation, without a second parse.
      queryPlannerConfig: { exposeDocumentNodeInFetchNode: true },
    })
    return gateway
  }

  /**
   * What the gateway loaded. The fields are private in its types but ordinary properties, all set once
   * it is loaded; building a second planner would double memory and start-up time.
   *
   * @throws when another version of the gateway keeps them elsewhere.
   */
  snapshot(): GatewaySnapshot {
    const inner = this as unknown as Record<string, unknown>
    const missing = ['compositionId', 'schema', 'apiSchema', 'supergraphSchema', 'queryPlanner'].filter(
      (name) => inner[name] === undefined,
    )
    if (missing.length > 0) {
      throw new Error(`@apollo/gateway is not the pinned version: it has no ${missing.join(', ')}`)
    }
    return {
      id: inner.compositionId as string,
      schema: inner.schema as GraphQLSchema,
      apiSchema: inner.apiSchema as Schema,
      supergraphSchema: inner.supergraphSchema as GraphQLSchema,
      planner: inner.queryPlanner as QueryPlanner,
    }
  }
}

const notLoaded = () => {
  throw new Error('the gateway is not loaded yet')
}

/** The gateway wants somebody to send fetches; our executor sends them itself. */
function checkServed(subgraph: string, { isServed }: GatewayOptions): GraphQLDataSource {
  if (!isServed(subgraph)) {
    throw new Error(`The supergraph has a subgraph "${subgraph}" that nobody serves.`)
  }
  return { process: () => Promise.reject(new Error('fetches do not go through the gateway')) }
}
