import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import type { SubgraphRequest, SubgraphUpstream } from '../upstream.ts'
import { createHttpUpstream } from '../upstream-http.ts'

/** A subgraph that answers when it is told to. */
let waiting: ServerResponse[]
let left: number
let upstream: SubgraphUpstream
let close: () => Promise<unknown>

beforeEach(async () => {
  // Whether one may join another is a matter of milliseconds.
  vi.useFakeTimers({ toFake: ['performance'] })
  waiting = []
  left = 0
  const server = createServer((request, response) => {
    request.resume()
    response.on('close', () => {
      if (!response.writableFinished) left += 1
    })
    request.on('end', () => waiting.push(response))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  upstream = createHttpUpstream({ url: `http://127.0.0.1:${port}/graphql`, name: 'toy' })
  close = async () => {
    await upstream.close()
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  }
})
afterEach(async () => {
  vi.useRealTimers()
  for (const response of waiting) if (!response.writableEnded) response.end('{"data":{}}')
  await close()
})

const query: SubgraphRequest = { query: '{ a }', context: 'ada', mayShare: true }
const ask = (over: Partial<SubgraphRequest> = {}) => upstream.execute({ ...query, ...over })
const arrived = (count: number) => vi.waitFor(() => expect(waiting).toHaveLength(count))
const answer = (at: number, text = '{"data":{"a":{"b":1}}}') => waiting[at]?.end(text)

it('equal queries of one caller go out once, and each gets an answer of its own', async () => {
  const both = [
    ask({ headers: { 'x-request-id': 'one', traceparent: 'x' } }),
    ask({ headers: { 'x-request-id': 'two' } }),
  ]
  await arrived(1)
  answer(0)
  const [first, second] = await Promise.all(both)
  expect(first).toEqual({ data: { a: { b: 1 } } })
  expect(second).toEqual(first)
  expect(second?.data).not.toBe(first?.data)
  expect(waiting).toHaveLength(1)
})

it.each<[string, Partial<SubgraphRequest>]>([
  ['of another caller', { context: 'ben' }],
  ['of nobody', { context: undefined }],
  ['from another address', { headers: { 'x-client-address': '1.2.3.4' } }],
  ['under another authorization', { headers: { authorization: 'Bearer x' } }],
  ['with other variables', { variables: { a: 1 } }],
  ['that must not be told what was before', { mayShare: false }],
])('a query %s goes out for itself', async (_title, over) => {
  const both = [ask(), ask(over)]
  await arrived(2)
  answer(0, '{"data":{"a":1}}')
  answer(1, '{"data":{"a":2}}')
  const answers = await Promise.all(both)
  expect(answers.map(({ data }) => data?.a).sort()).toEqual([1, 2])
})

it('mutations go out one by one, and queries after them see what they did', async () => {
  const before = ask()
  await arrived(1)
  const mutations = [ask({ query: 'mutation { a }' }), ask({ query: 'mutation { a }' })]
  await arrived(3)
  answer(1)
  answer(2)
  await Promise.all(mutations)
  const after = ask()
  await arrived(4)
  answer(0, '{"data":{"a":1}}')
  answer(3, '{"data":{"a":2}}')
  expect(await Promise.all([before, after])).toEqual([{ data: { a: 1 } }, { data: { a: 2 } }])
})

it('a query that comes later goes out for itself', async () => {
  const first = ask()
  await arrived(1)
  vi.advanceTimersByTime(25)
  const second = ask()
  await arrived(2)
  answer(0, '{"data":{"a":1}}')
  answer(1, '{"data":{"a":2}}')
  expect(await Promise.all([first, second])).toEqual([{ data: { a: 1 } }, { data: { a: 2 } }])
})

it('who gives up leaves the others their answer; when all have, the subgraph is left alone', async () => {
  const one = new AbortController()
  const two = new AbortController()
  const first = ask({ signal: one.signal })
  const second = ask({ signal: two.signal })
  await arrived(1)
  one.abort(new Error('gone'))
  await expect(first).rejects.toThrow('A part of the service is not available, try again.')
  answer(0)
  expect(await second).toEqual({ data: { a: { b: 1 } } })
  expect(left).toBe(0)

  const third = ask({ signal: two.signal })
  await arrived(2)
  two.abort(new Error('gone'))
  await expect(third).rejects.toThrow('A part of the service is not available, try again.')
  await vi.waitFor(() => expect(left).toBe(1))
  // Nobody joins what was given up.
  const fourth = ask()
  await arrived(3)
  answer(2)
  expect(await fourth).toEqual({ data: { a: { b: 1 } } })
})
