import type { ApolloServer } from '@apollo/server'
import type { GatewayExecutor, GatewayInterface } from '@apollo/server-gateway-interface'
import type { RequestContext } from '../execution/request-context.ts'
import type { SchemaDelivery } from '../schema/schema-state.ts'
import { type SchemaView, wholeApi } from '../schema/views.ts'
import { type ApolloServerOptions, createApolloServer } from './apollo-server.ts'

/** An Apollo Server for each view: each has its own schema to validate by and its own documents. */
export interface ApolloServers {
  whole: ApolloServer<RequestContext>
  /** The server of a view; undefined when there is no such view now. */
  for(view: string): Promise<ApolloServer<RequestContext>> | undefined
  stop(): Promise<void>
}

export interface ApolloServersOptions extends Omit<ApolloServerOptions, 'gateway'> {
  executor: GatewayExecutor
}

/** That of the whole API is started at once, those of contracts when somebody first asks. */
export async function createApolloServers(options: ApolloServersOptions): Promise<ApolloServers> {
  const { executor, ...common } = options
  const { schemas } = common
  const started = new Map<string, Promise<ApolloServer<RequestContext>>>()
  const start = async (view: string) => {
    const server = createApolloServer({ ...common, gateway: gatewayOf(schemas, view, executor) })
    await server.start()
    return server
  }
  const serverOf = (view: string) => {
    const known = started.get(view)
    if (known) return known
    const starting = start(view)
    started.set(view, starting)
    starting.catch(() => started.delete(view))
    return starting
  }
  const whole = await serverOf(wholeApi)
  return {
    whole,
    for: (view) => (schemas.now().views.get(view) ? serverOf(view) : undefined),
    async stop() {
      for (const server of started.values()) await (await server).stop()
    },
  }
}

/** A view as Apollo Server sees it: a gateway that tells of its schema now and whenever it changes. */
function gatewayOf(schemas: SchemaDelivery, name: string, executor: GatewayExecutor): GatewayInterface {
  return {
    onSchemaLoadOrUpdate(callback) {
      const tell = (view: SchemaView | undefined) => {
        if (view) callback({ apiSchema: view.schema, coreSupergraphSdl: '' })
      }
      tell(schemas.now().views.get(name))
      return schemas.onUpdate(() => tell(schemas.now().views.get(name)))
    },
    load: async () => ({ executor }),
    stop: async () => {},
  }
}
