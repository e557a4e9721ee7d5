import { once } from 'node:events'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { openTestHouse, type RunningHouse } from '../support/houses.ts'
import { keepLog, type Refusal } from './support/kept-log.ts'
import { inside, post, send } from './support/probe.ts'
import { openRawSocket, type RawSocket } from './support/raw-socket.ts'

const { log, lines, about, expectTold } = keepLog()
let house: RunningHouse
let socket: RawSocket

beforeAll(async () => {
  house = await openTestHouse({ production: true, log })
  socket = await openRawSocket(house.url)
})
afterAll(async () => {
  socket?.close()
  await house?.close()
})

const query = '{ __typename }'

/** What is subscribed to → the code with which it is refused. */
const refused: Record<string, [payload: object, code: string]> = {
  'introspection (__schema)': [{ query: '{ __schema { types { name } } }' }, 'INTROSPECTION_DISABLED'],
  'introspection (__type)': [{ query: '{ __type(name: "User") { name } }' }, 'INTROSPECTION_DISABLED'],
  'a misspelt field': [{ query: '{ evnts { nodes { id } } }' }, 'GRAPHQL_VALIDATION_FAILED'],
  'a misspelt field of a stream': [
    { query: 'subscription { notificationStrem { cursor } }' },
    'GRAPHQL_VALIDATION_FAILED',
  ],
  'the federation of entities': [
    { query: '{ _entities(representations: []) { __typename } }' },
    'GRAPHQL_VALIDATION_FAILED',
  ],
  'the federation of schemas': [{ query: '{ _service { sdl } }' }, 'GRAPHQL_VALIDATION_FAILED'],
  'a query that is no GraphQL': [{ query: '{ me { id ' }, 'GRAPHQL_PARSE_FAILED'],
  'an empty query': [{ query: '' }, 'BAD_REQUEST'],
  'two operations without a name': [
    { query: 'query A { __typename } query B { __typename }' },
    'OPERATION_RESOLUTION_FAILURE',
  ],
  'a hash that nobody sent before': [
    { query: '', extensions: { persistedQuery: { version: 1, sha256Hash: 'a'.repeat(64) } } },
    'PERSISTED_QUERY_NOT_FOUND',
  ],
  'a hash that is not that of the query': [
    { query, extensions: { persistedQuery: { version: 1, sha256Hash: 'a'.repeat(64) } } },
    'BAD_REQUEST',
  ],
}

const nowhere = 'evt_01h00000000000000000000000'

/** Streams of somebody who has not logged in → the only error that they get. */
const refusedStreams: Record<string, [payload: object, code: string]> = {
  'a stream for people who have logged in': [
    { query: 'subscription { notificationStream { cursor } }' },
    'UNAUTHORIZED_FIELD_OR_TYPE',
  ],
  'a stream without a variable that it needs': [
    { query: 'subscription ($id: ID!) { seatAvailability(eventId: $id) { __typename } }' },
    'BAD_USER_INPUT',
  ],
  'a stream that its subgraph refuses': [
    { query: `subscription { seatAvailability(eventId: "${nowhere}") { __typename } }` },
    'BAD_USER_INPUT',
  ],
}

const errorsOf = (payload: unknown): Refusal[] =>
  Array.isArray(payload) ? payload : (payload as { errors: Refusal[] }).errors

describe.each(Object.entries(refusedStreams))('in production, %s', (_what, [payload, code]) => {
  const error = {
    message: expect.any(String),
    extensions: { code, errorId: expect.any(String), retryable: false },
  }

  it('is refused over WebSocket, and told', async () => {
    const errors = errorsOf((await socket.ask(payload)).payload)
    expect(errors).toMatchObject([error])
    expectTold(errors)
  })

  it('is refused as server-sent events, and told under the id of the request', async () => {
    const { text, headers } = await send(house.url, post(payload, { accept: 'text/event-stream' }))
    const errors = errorsOf(JSON.parse(/^data: ?(\{.*)$/m.exec(text)?.[1] ?? ''))
    expect(errors).toMatchObject([error])
    expectTold(errors)
    expect(about(errors[0]?.extensions.errorId ?? '').map(({ requestId }) => requestId)).toContain(
      headers['x-request-id'],
    )
  })
})

describe('in production, over WebSocket', () => {
  it.each(Object.entries(refused))(
    '%s is refused, and the socket goes on',
    async (_what, [payload, code]) => {
      const answer = await socket.ask(payload)
      const text = JSON.stringify(answer)
      expect(text).not.toMatch(inside)
      expect(text).not.toMatch(/did you mean/i)
      const errors = errorsOf(answer.payload)
      expect(errors).toMatchObject([
        { message: expect.any(String), extensions: { code, errorId: expect.any(String), retryable: false } },
      ])
      expectTold(errors)
      expect(await socket.ask({ query })).toMatchObject({
        type: 'next',
        payload: { data: { __typename: 'Query' } },
      })
    },
  )

  it('an id without end is refused, and told', async () => {
    const id = 'x'.repeat(129)
    const { payload } = await socket.askText(JSON.stringify({ id, type: 'subscribe', payload: { query } }))
    const errors = errorsOf(payload)
    expect(errors.map(({ extensions }) => extensions.code)).toEqual(['BAD_REQUEST'])
    expectTold(errors)
  })

  it('the same mistake made twice has an id each time', async () => {
    const wrong = { query: 'subscription { notificationStrem { cursor } }' }
    const answers = [await socket.ask(wrong), await socket.ask(wrong)].flatMap(({ payload }) =>
      errorsOf(payload),
    )
    expectTold(answers)
    expect(new Set(answers.map(({ extensions }) => extensions.errorId)).size).toBe(2)
  })

  it('variables with __proto__ pollute nothing', async () => {
    const text = `{"id":"p","type":"subscribe","payload":{"query":"${query}","variables":{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}}}`
    expect(await socket.askText(text)).toMatchObject({ type: 'next' })
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined()
  })

  it.each([
    ['a page of another origin', { path: '/graphql', headers: { origin: 'https://evil.test' } }, 403],
    ['a page of no origin', { path: '/graphql', headers: { origin: 'null' } }, 403],
    ['a token in the address', { path: '/graphql?access_token=eyJh.e30.c2ln', headers: {} }, 400],
    ['a path that is none', { path: '/graphql/../x', headers: {} }, 404],
  ])('%s opens no socket', async (_what, { path, headers }, status) => {
    const opened = new WebSocket(house.url.replace('http', 'ws') + path, 'graphql-transport-ws', { headers })
    const [, response] = await once(opened, 'unexpected-response')
    expect(response.statusCode).toBe(status)
    expect(lines.findLast(({ msg }) => msg === 'socket refused')).toMatchObject({ level: 'info', status })
    opened.on('error', () => {}).terminate()
  })

  it.each([
    ['a list of operations', JSON.stringify([{ id: '1', type: 'subscribe', payload: { query } }]), 4400],
    ['no JSON', '{"id":', 4400],
    ['a message of a type that is none', '{"type":"steal"}', 4400],
    ['random bytes', Buffer.from([0, 255, 254, 1, 128]), 4400],
    ['a query that is a number', '{"id":"1","type":"subscribe","payload":{"query":5}}', 4400],
    ['a second introduction', '{"type":"connection_init"}', 4429],
  ])('%s ends the socket as documented', async (_what, message, code) => {
    const other = await openRawSocket(house.url)
    other.send(message)
    expect(await other.closed).toBe(code)
  })
})
