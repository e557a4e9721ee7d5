import { createMetrics } from '@guildhall/kit/metrics/metrics'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Client } from '../support/client.ts'
import { openTestHouse, type RunningHouse } from '../support/houses.ts'
import { newPerson } from '../support/people.ts'
import { get, preflighted, query, refused } from './support/http-refusals.ts'
import { keepLog, type Refusal } from './support/kept-log.ts'
import {
  asksForTrace,
  inside,
  jsonHeaders,
  type ProbeAnswer,
  post,
  send,
  sendBytes,
} from './support/probe.ts'
import { openRawSocket } from './support/raw-socket.ts'

const { log, lines, about } = keepLog()
let house: RunningHouse
let person: Client

beforeAll(async () => {
  house = await openTestHouse({
    production: true,
    log,
    // With them there is something that must not be public.
    metrics: createMetrics(log),
  })
  person = await newPerson(house.url, 'Ada')
})
afterAll(() => house?.close())

/** The only error of an answer that is as a refusal should be, and told in the log. */
function refusalOf({ text, headers }: Pick<ProbeAnswer, 'text' | 'headers'>): Refusal {
  expect(headers['content-type']).toMatch(/^application\/(graphql-response\+)?json; charset=utf-8$/)
  expect(headers['x-content-type-options']).toBe('nosniff')
  const { errors, ...rest } = JSON.parse(text) as { errors: Refusal[] }
  expect(rest).toEqual({})
  expect(errors).toHaveLength(1)
  const [error] = errors as [Refusal]
  expect(Object.keys(error.extensions).sort()).toEqual(['code', 'errorId', 'retryable'])
  expect(text).not.toMatch(inside)
  expect(text).not.toMatch(/did you mean/i)
  const told = about(error.extensions.errorId)
  expect([...new Set(told.map(({ requestId }) => requestId))]).toEqual([headers['x-request-id']])
  return error
}

describe('in production, over HTTP', () => {
  it.each(Object.entries(refused))('%s is refused', async (_what, [probe, status, code]) => {
    const answer = await send(house.url, probe)
    const { extensions } = refusalOf(answer)
    expect([answer.status, extensions.code]).toEqual([status, code])
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined()
    expect((await send(house.url, post({ query }))).text).toBe('{"data":{"__typename":"Query"}}')
  })

  it('what is no HTTP is answered with JSON, and told', async () => {
    for (const bytes of ['GARBAGE\r\n\r\n', Buffer.from([22, 3, 1, 2, 0]), 'GET /graphql HTTP/9.9\r\n\r\n']) {
      const before = lines.length
      const [head = '', body = ''] = (await sendBytes(house.url, bytes)).split('\r\n\r\n')
      expect(head).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/)
      const { errors } = JSON.parse(body) as { errors: Refusal[] }
      expect(errors.map(({ message }) => message)).toEqual(['The request cannot be read.'])
      // A busy house may say in between that it is busy.
      const told = lines.slice(before).flatMap(({ errorId }) => errorId ?? [])
      expect(told).toEqual([errors[0]?.extensions.errorId])
    }
    const large = `GET / HTTP/1.1\r\nhost: x\r\na: ${'x'.repeat(40_000)}\r\n\r\n`
    expect(await sendBytes(house.url, large)).toMatch(/^HTTP\/1\.1 431 /)
  })

  it('says which methods there are', async () => {
    const { status, headers } = await send(house.url, { method: 'OPTIONS' })
    expect([status, headers.allow]).toEqual([204, 'GET, POST'])
    expect((await send(house.url, { method: 'DELETE' })).headers.allow).toBe('GET, POST')
    expect((await send(house.url, get('mutation { __typename }', preflighted))).headers.allow).toBe('POST')
  })

  it('measures nothing for clients that ask for it (ftv1)', async () => {
    // A subgraph has to be asked: only there it would be measured.
    const asked = { query: '{ events { totalCount } }' }
    const answer = { data: { events: { totalCount: 0 } } }
    const { text } = await send(house.url, post(asked, asksForTrace))
    expect(JSON.parse(text)).toEqual(answer)
    const socket = await openRawSocket(house.url, null, asksForTrace)
    expect((await socket.ask(asked)).payload).toEqual(answer)
    socket.close()
  })

  it('sends exactly these headers', async () => {
    const { headers } = await send(house.url, post({ query }))
    expect(Object.keys(headers).sort()).toEqual([
      'cache-control',
      'connection',
      'content-length',
      'content-type',
      'date',
      'vary',
      'x-content-type-options',
      'x-request-id',
    ])
    expect(headers).toMatchObject({
      'cache-control': 'no-store',
      'content-type': 'application/json; charset=utf-8',
      vary: 'Origin, Accept-Encoding',
      'x-content-type-options': 'nosniff',
    })
  })

  it('lets no page of another origin read answers', async () => {
    const origin = { origin: 'https://evil.test' }
    const asked = { ...origin, 'access-control-request-method': 'POST' }
    for (const probe of [post({ query }, origin), { method: 'OPTIONS', headers: asked }]) {
      const { headers } = await send(house.url, probe)
      expect(Object.keys(headers).filter((name) => name.startsWith('access-control'))).toEqual([])
      expect(headers.vary).toBe('Origin, Accept-Encoding')
    }
  })

  it('gives the same refusals to people who are logged in', async () => {
    const authorization = `Bearer ${person.accessToken}`
    const schema = await send(
      house.url,
      post({ query: '{ __schema { types { name } } }' }, { authorization }),
    )
    expect(refusalOf(schema).message).toBe('The schema cannot be asked for here.')
    const good = await send(house.url, post({ query: '{ me { id } }' }, { authorization, ...jsonHeaders }))
    expect(good.text).toBe(`{"data":{"me":{"id":"${person.userId}"}}}`)
  })
})
