import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type DocumentNode, execute, parse } from 'graphql'
import { type BenchSubgraph, executable } from './subgraph.ts'

export interface ServedSubgraph {
  url: string
  close(): Promise<void>
}

/**
 * A subgraph over HTTP with as little around it as possible, so that what is measured is what stands in front of it.
 *
 * @param asked called with every operation.
 */
export async function serve(
  subgraph: BenchSubgraph,
  { port = 0, asked }: { port?: number; asked?: (query: string) => void } = {},
): Promise<ServedSubgraph> {
  const schema = executable(subgraph)
  const documents = new Map<string, DocumentNode>()
  const documentOf = (query: string): DocumentNode => {
    const known = documents.get(query)
    if (known) return known
    const parsed = parse(query, { noLocation: true })
    if (documents.size < 1_000) documents.set(query, parsed)
    return parsed
  }
  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    const { query, variables, operationName } = JSON.parse(await bodyOf(request))
    asked?.(query)
    const result = await execute({
      schema,
      document: documentOf(query),
      variableValues: variables ?? {},
      operationName: operationName ?? null,
    })
    send(response, 200, result)
  }
  const server = createServer({ keepAliveTimeout: 65_000 }, (request, response) => {
    if (request.method !== 'POST') return send(response, 200, { status: 'UP' })
    answer(request, response).catch((error: unknown) =>
      send(response, 400, { errors: [{ message: String(error) }] }),
    )
  })
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  const address = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${address.port}/graphql`,
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

function send(response: ServerResponse, status: number, body: unknown): void {
  const text = JSON.stringify(body)
  response
    .writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) })
    .end(text)
}

function bodyOf(request: IncomingMessage): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = ''
    request.setEncoding('utf8')
    request.on('data', (chunk: string) => {
      text += chunk
    })
    request.on('end', () => resolve(text))
    request.on('error', reject)
  })
}
