import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { contextHeader } from '@guildhall/kit/caller'
import type { SubgraphRequest, SubgraphUpstream } from '@guildhall/kit/upstream'
import {
  type DocumentNode,
  type ExecutionResult,
  execute,
  type GraphQLError,
  type GraphQLSchema,
  parse,
  subscribe,
} from 'graphql'
import { useServer } from 'graphql-ws/use/ws'
import { WebSocketServer } from 'ws'
import type { ToyRequest } from './toy-subgraphs.ts'

/** What both transports need of a subgraph. */
export interface Servable {
  schema: GraphQLSchema
  contextFor(request: ToyRequest): Promise<object>
}

/** As our own host does it: cached parse, no validation, results as they come. */
export function inProcess(toy: Servable): SubgraphUpstream {
  const documents = new Map<string, DocumentNode>()
  const args = async ({ query, document, variables, context, headers, operationName }: SubgraphRequest) => {
    const parsed = document ?? documents.get(query) ?? parse(query)
    documents.set(query, parsed)
    return {
      schema: toy.schema,
      document: parsed,
      variableValues: variables ?? {},
      operationName: operationName ?? null,
      contextValue: await toy.contextFor({
        query,
        context,
        variables,
        requestId: headers?.['x-request-id'],
        headers,
      }),
    }
  }
  return {
    execute: async (request) => execute(await args(request)),
    subscribe(request) {
      const opened = args(request).then(subscribe)
      const refused = (result: ExecutionResult) => {
        let given = false
        return {
          async next(): Promise<IteratorResult<ExecutionResult>> {
            if (given) return { done: true, value: undefined }
            given = true
            return { done: false, value: result }
          },
        }
      }
      const source = opened.then((result) => (Symbol.asyncIterator in result ? result : refused(result)))
      return {
        [Symbol.asyncIterator]() {
          return this
        },
        next: async () => (await source).next(),
        async return() {
          const iterator = await source
          if ('return' in iterator) await iterator.return?.()
          return { done: true, value: undefined }
        },
      }
    },
    close: async () => {},
  }
}

export interface ServedToy {
  url: string
  /** Sockets that are open now. */
  sockets(): number
  /** Cuts all sockets without a word. */
  cutSockets(code?: number): void
  close(): Promise<void>
}

/** Plain HTTP and graphql-ws on one port. */
export async function serveToy(toy: Servable): Promise<ServedToy> {
  const server = createServer({ keepAliveTimeout: 65_000 }, async (request, response) => {
    try {
      const { query, variables, operationName } = JSON.parse(await bodyOf(request)) as ToyRequest & {
        operationName?: string
      }
      const result = await execute({
        schema: toy.schema,
        document: parse(query),
        variableValues: variables ?? {},
        operationName: operationName ?? null,
        contextValue: await toy.contextFor({
          query,
          variables,
          context: String(request.headers[contextHeader] ?? ''),
          requestId: String(request.headers['x-request-id']),
          headers: request.headers,
        }),
      })
      response.setHeader('content-type', 'application/json').end(JSON.stringify(result))
    } catch (error) {
      response.writeHead(401).end(JSON.stringify({ errors: [{ message: String(error) }] }))
    }
  })
  const sockets = new WebSocketServer({ server, path: '/graphql' })
  const disposable = useServer(
    {
      schema: toy.schema,
      context: (_connection, _id, payload) =>
        toy.contextFor({
          query: payload.query,
          variables: payload.variables ?? undefined,
          context: String(payload.extensions?.context ?? ''),
          requestId: undefined,
        }),
      onError: (_connection, _id, _payload, errors) => errors.map((error: GraphQLError) => error.toJSON()),
    },
    sockets,
  )
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  let closed = false
  return {
    url: `http://127.0.0.1:${port}/graphql`,
    sockets: () => sockets.clients.size,
    cutSockets(code) {
      for (const socket of sockets.clients) {
        if (code === undefined) socket.terminate()
        else socket.close(code, 'test')
      }
    },
    async close() {
      if (closed) return
      closed = true
      for (const socket of sockets.clients) socket.terminate()
      await disposable.dispose()
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let text = ''
  for await (const chunk of request) text += String(chunk)
  return text
}
