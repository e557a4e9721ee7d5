import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { GatewayTimeout, ServiceUnavailable } from '../errors.ts'
import { type GuardOptions, guardUpstream } from '../guarded-upstream.ts'
import { createHttpUpstream } from '../upstream-http.ts'

const closers: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close()
})

const ok = (response: ServerResponse) => {
  response.end('{"data":{"a":1}}')
}

/** A subgraph over HTTP that answers as `toy.answer` says at the time, and the guarded way to it. */
async function subgraph(options: Partial<GuardOptions> = {}) {
  const toy = { asked: 0, answer: ok, waiting: [] as ServerResponse[] }
  const server = createServer((request, response) => {
    toy.asked++
    request.resume().on('end', () => toy.answer(response))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`
  const http = createHttpUpstream({ url, name: 'toy', deadlineMs: 150 })
  const upstream = guardUpstream(http, { name: 'toy', reopenAfterMs: 50, ...options })
  closers.push(
    () => new Promise((resolve) => server.close(resolve)),
    () => server.closeAllConnections(),
    http.close,
  )
  return { toy, upstream, ask: (signal?: AbortSignal) => upstream.execute({ query: '{ a }', signal }) }
}

const hang = () => {}
const failureOf = (work: Promise<unknown>) =>
  work.then(
    () => undefined,
    (error: Error) => error,
  )

/** Five timeouts in a row: what opens the breaker. */
async function exhaust({ toy, ask }: Awaited<ReturnType<typeof subgraph>>) {
  toy.answer = hang
  const failures = await Promise.all(Array.from({ length: 5 }, () => failureOf(ask())))
  expect(failures).toEqual(Array(5).fill(expect.any(GatewayTimeout)))
}

describe('the breaker', () => {
  it('refuses without asking once five operations in a row have failed', async () => {
    const one = await subgraph({ reopenAfterMs: 60_000 })
    await exhaust(one)
    expect(one.upstream.state?.()).toEqual({ breaker: 'open', running: 0, waiting: 0 })

    const refused = await failureOf(one.ask())
    expect(refused).toBeInstanceOf(ServiceUnavailable)
    expect(refused?.message).toBe(new ServiceUnavailable().message)
    expect(String(refused?.cause)).toContain('the breaker of toy is open')
    expect(one.toy.asked).toBe(5)
  })

  it('lets one try after a while, refuses the others meanwhile, and closes when it succeeds', async () => {
    const one = await subgraph()
    await exhaust(one)
    one.toy.answer = (response) => void one.toy.waiting.push(response)
    let trying: Promise<unknown> | undefined
    await expect
      .poll(() => {
        trying ??= one.ask()
        trying.catch(() => (trying = undefined))
        return one.toy.waiting.length
      })
      .toBe(1)
    expect(one.upstream.state?.().breaker).toBe('half-open')
    expect(await failureOf(one.ask())).toBeInstanceOf(ServiceUnavailable)
    expect(one.toy.asked).toBe(6)

    one.toy.waiting.forEach(ok)
    expect(await trying).toEqual({ data: { a: 1 } })
    expect(one.upstream.state?.().breaker).toBe('closed')
  })

  it('opens when most operations fail, though none does five times in a row', async () => {
    const { toy, ask, upstream } = await subgraph({ reopenAfterMs: 60_000 })
    for (const round of ['bad', 'bad', 'good', 'bad', 'bad']) {
      toy.answer = round === 'bad' ? (response) => void response.writeHead(500).end('no GraphQL') : ok
      await failureOf(ask())
    }
    expect(upstream.state?.().breaker).toBe('open')
  })

  it('does not mind errors in answers', async () => {
    const { toy, ask, upstream } = await subgraph()
    toy.answer = (response) => void response.end('{"data":null,"errors":[{"message":"no"}]}')
    for (let times = 0; times < 10; times++) expect((await ask()).errors).toHaveLength(1)
    expect(upstream.state?.().breaker).toBe('closed')
  })

  it('does not mind clients that go away', async () => {
    const { toy, ask, upstream } = await subgraph()
    toy.answer = hang
    const gone = new ServiceUnavailable('The client is gone.')
    const failures = await Promise.all(
      Array.from({ length: 10 }, async () => {
        const controller = new AbortController()
        const failed = failureOf(ask(controller.signal))
        controller.abort(gone)
        return failed
      }),
    )
    expect(failures).toEqual(Array(10).fill(gone))
    expect(upstream.state?.().breaker).toBe('closed')
  })
})

it('asks so much at once, lets so much wait, and refuses the rest', async () => {
  const { toy, ask, upstream } = await subgraph({ concurrency: 2, queue: 3 })
  toy.answer = (response) => void toy.waiting.push(response)
  const asked = Array.from({ length: 6 }, () => ask())
  const refused = await failureOf(asked[5] as Promise<unknown>)
  expect(refused).toBeInstanceOf(ServiceUnavailable)
  expect(String(refused?.cause)).toContain('toy has too much to do')
  await expect.poll(() => toy.waiting.length).toBe(2)
  expect(upstream.state?.()).toEqual({ breaker: 'closed', running: 2, waiting: 3 })

  toy.answer = ok
  toy.waiting.forEach(ok)
  expect(await Promise.all(asked.slice(0, 5))).toEqual(Array(5).fill({ data: { a: 1 } }))
  expect(toy.asked).toBe(5)
  expect(upstream.state?.()).toEqual({ breaker: 'closed', running: 0, waiting: 0 })
})
