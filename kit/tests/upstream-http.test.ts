import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { type AddressInfo, createServer as createTcpServer } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { GatewayTimeout, ServiceUnavailable } from '../errors.ts'
import type { SubgraphUpstream } from '../upstream.ts'
import { createHttpUpstream, type HttpUpstreamOptions } from '../upstream-http.ts'

interface Seen {
  headers: IncomingMessage['headers']
  body: Record<string, unknown>
}
type Answer = (response: ServerResponse, request: IncomingMessage, seen: Seen) => void

const closers: (() => Promise<unknown> | unknown)[] = []
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close()
})

/** A subgraph that answers as it is told, and an upstream to it. */
async function subgraph(answer: Answer, options: Partial<HttpUpstreamOptions> = {}) {
  const seen: Seen[] = []
  const server = createServer(async (request, response) => {
    let text = ''
    for await (const chunk of request) text += String(chunk)
    const one = { headers: request.headers, body: JSON.parse(text) }
    seen.push(one)
    answer(response, request, one)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const upstream = createHttpUpstream({
    url: `http://127.0.0.1:${port}/graphql?x=1`,
    name: 'toy',
    ...options,
  })
  closers.push(
    () => new Promise((resolve) => server.close(resolve)),
    () => server.closeAllConnections(),
    upstream.close,
  )
  return { upstream, seen, server, port }
}

const json =
  (value: unknown, status = 200): Answer =>
  (response) =>
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value))

const failure = (upstream: SubgraphUpstream, query = '{ a }', signal?: AbortSignal) =>
  upstream.execute({ query, signal }).then(
    (result) => {
      throw new Error(`did not fail: ${JSON.stringify(result)}`)
    },
    (error: Error) => error,
  )

describe('execute', () => {
  it('posts the operation with context and headers', async () => {
    const { upstream, seen } = await subgraph(json({ data: { a: 1 } }))
    const result = await upstream.execute({
      query: 'query Q($x: Int) { a(x: $x) }',
      operationName: 'Q',
      variables: { x: 1 },
      context: 'signed',
      headers: { 'x-request-id': 'r1' },
    })
    expect(result).toEqual({ data: { a: 1 } })
    expect(seen).toEqual([
      {
        headers: expect.objectContaining({
          'content-type': 'application/json',
          'x-guildhall-context': 'signed',
          'x-request-id': 'r1',
        }),
        body: { query: 'query Q($x: Int) { a(x: $x) }', operationName: 'Q', variables: { x: 1 } },
      },
    ])
  })

  it('gives GraphQL errors as data whatever the status', async () => {
    const { upstream } = await subgraph(json({ errors: [{ message: 'no' }] }, 400))
    expect(await upstream.execute({ query: '{ a }' })).toEqual({ errors: [{ message: 'no' }] })
  })

  it.each<[string, Answer]>([
    ['a page', (response) => response.writeHead(502).end('<html>bad gateway at 10.0.0.1</html>')],
    ['nothing', (response) => response.writeHead(204).end()],
    ['something else', json({ message: 'hello' })],
    ['an empty list of errors', json({ errors: [] })],
    ['a word', json('data')],
  ])('fails with SERVICE_UNAVAILABLE on %s', async (_name, answer) => {
    const error = await failure((await subgraph(answer)).upstream)
    expect(error).toBeInstanceOf(ServiceUnavailable)
    expect(error.message).toBe(new ServiceUnavailable().message)
  })

  it('takes a refused context for a fault, not for a refusal of the caller', async () => {
    const { upstream } = await subgraph(json({ errors: [{ message: 'who?' }] }, 401))
    await expect(upstream.execute({ query: '{ a }', context: 'bad' })).rejects.toBeInstanceOf(
      ServiceUnavailable,
    )
  })

  it('fails with GATEWAY_TIMEOUT at the deadline, also when the answer has begun', async () => {
    const silent = await subgraph(() => {}, { deadlineMs: 100 })
    const slow = await subgraph((response) => void response.writeHead(200).write('{"data":'), {
      deadlineMs: 100,
    })
    const started = performance.now()
    expect(await failure(silent.upstream)).toBeInstanceOf(GatewayTimeout)
    expect(await failure(slow.upstream)).toBeInstanceOf(GatewayTimeout)
    expect(performance.now() - started).toBeLessThan(1_000)
    expect(silent.seen).toHaveLength(1)
  })

  it('gives up when the sender does', async () => {
    const { upstream, seen } = await subgraph(() => {})
    const controller = new AbortController()
    const failed = failure(upstream, '{ a }', controller.signal)
    const reason = new GatewayTimeout()
    controller.abort(reason)
    expect(await failed).toBe(reason)
    expect(await failure(upstream, '{ a }', AbortSignal.abort(reason))).toBe(reason)
    expect(seen.length).toBeLessThan(2)
  })

  it('tries a query once more when the connection is lost, and a mutation never', async () => {
    const lossy: Answer = (response, request) => {
      if (losses-- > 0) return request.socket.destroy()
      return json({ data: { a: 1 } })(response, request, { headers: {}, body: {} })
    }
    let losses = 1
    const { upstream, seen } = await subgraph(lossy)
    expect(await upstream.execute({ query: 'query Q { a }' })).toEqual({ data: { a: 1 } })
    expect(seen).toHaveLength(2)
    losses = 1
    expect(await failure(upstream, 'mutation M { a }')).toBeInstanceOf(ServiceUnavailable)
    expect(seen).toHaveLength(3)
    losses = 2
    expect(await failure(upstream, '{ a }')).toBeInstanceOf(ServiceUnavailable)
    expect(seen).toHaveLength(5)
  })

  it('refuses answers that are too large', async () => {
    const { upstream } = await subgraph(json({ data: 'x'.repeat(5_000) }), { maxResponseBytes: 4_000 })
    expect(await failure(upstream)).toBeInstanceOf(ServiceUnavailable)
  })

  it('names no address when nobody listens', async () => {
    const server = createTcpServer().listen(0, '127.0.0.1')
    await new Promise((resolve) => server.once('listening', resolve))
    const { port } = server.address() as AddressInfo
    await new Promise((resolve) => server.close(resolve))
    const upstream = createHttpUpstream({ url: `http://127.0.0.1:${port}/graphql`, name: 'gone' })
    const error = await failure(upstream)
    expect(error).toBeInstanceOf(ServiceUnavailable)
    expect(JSON.stringify(error)).not.toMatch(/127|gone|ECONN/)
    expect(String((error.cause as Error).cause)).toContain('ECONNREFUSED')
    const stream = await upstream
      .subscribe({ query: 'subscription { a }' })
      .next()
      .catch((thrown) => thrown)
    expect(stream).toBeInstanceOf(ServiceUnavailable)
    await upstream.close()
  })
})
