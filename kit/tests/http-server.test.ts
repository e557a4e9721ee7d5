import { once } from 'node:events'
import { setTimeout as pause } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { newId } from '../ids.ts'
import { servedToy } from './support/served-toy.ts'
import { boxes, boxRow, userCaller } from './support/toy.ts'
import { startToyHost } from './support/toy-host.ts'
import { declareToy } from './support/toy-subgraph.ts'

const served = servedToy()

type Body = { data?: Record<string, unknown> | null; errors?: Record<string, never>[] }
async function post(body: unknown, token?: string, to = served.url): Promise<{ status: number; body: Body }> {
  const response = await fetch(to, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(token ? { 'x-guildhall-context': token } : {}) },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  })
  return { status: response.status, body: (await response.json()) as Body }
}
const refused = {
  errors: [
    {
      message: 'This service answers only to the router.',
      extensions: { code: 'UNAUTHENTICATED', errorId: expect.any(String), retryable: false },
    },
  ],
}
/** The log but for the lines of commands. */
const logged = () =>
  served.house.lines.map(({ level, code, msg, errorId }) => ({ level, code, msg, errorId }))

describe('without a valid context', () => {
  it.each([
    ['a query', { query: '{ hello }' }],
    ['the schema', { query: '{ _service { sdl } }' }],
    ['introspection', { query: '{ __schema { types { name } } }' }],
    ['a syntax error', { query: '{' }],
    ['no JSON', '{'],
    ['no body', ''],
  ])('%s is answered with 401', async (_what, body) => {
    expect(await post(body)).toEqual({ status: 401, body: refused })
    expect(await post(body, 'garbage')).toEqual({ status: 401, body: refused })
  })

  it('nothing else is there', async () => {
    const token = await served.house.token()
    const get = await fetch(`${served.url}?query=%7Bhello%7D`, { headers: { 'x-guildhall-context': token } })
    expect(get.status).toBe(404)
    const health = (path: string) =>
      fetch(new URL(path, served.url)).then(async (reply) => [reply.status, await reply.json()])
    expect(await health('/health/live')).toEqual([200, { status: 'UP' }])
    expect(await health('/health/ready')).toEqual([200, { status: 'UP' }])
  })
})

describe('over HTTP', () => {
  it('answers, with the request id in its log', async () => {
    const token = await served.house.token()
    expect(await post({ query: '{ hello }' }, token)).toEqual({
      status: 200,
      body: { data: { hello: 'hello' } },
    })
    const { body } = await post({ query: '{ _service { sdl } }' }, token)
    expect(body.data).toEqual({ _service: { sdl: expect.stringContaining('type Box') } })
  })

  it('shows the doors of the directives', async () => {
    const organization = newId('org')
    const writer = userCaller({ [organization]: { role: 'OWNER', permissions: ['toy:write'] } })
    const codes = async (token: string) => {
      const fields = ['hello', 'mine', 'scoped', 'inside']
      return Promise.all(
        fields.map(async (field) => {
          const { body } = await post({ query: `{ ${field} }` }, token)
          return (
            body.errors?.map(({ extensions }) => (extensions as unknown as { code: string }).code)[0] ?? 'ok'
          )
        }),
      )
    }
    expect(await codes(await served.house.token())).toEqual([
      'ok',
      'UNAUTHENTICATED',
      'UNAUTHENTICATED',
      'FORBIDDEN',
    ])
    expect(await codes(await served.house.token(userCaller()))).toEqual([
      'ok',
      'ok',
      'FORBIDDEN',
      'FORBIDDEN',
    ])
    expect(await codes(await served.house.token(writer))).toEqual(['ok', 'ok', 'ok', 'FORBIDDEN'])
    expect(await codes(await served.house.token({ kind: 'service', service: 'x' }))).toEqual([
      'ok',
      'UNAUTHENTICATED',
      'ok',
      'ok',
    ])
  })

  it.each([
    ['broken', /^Internal server error\.$/, 'INTERNAL_SERVER_ERROR', 50],
    ['brokenSql', /^Internal server error\.$/, 'INTERNAL_SERVER_ERROR', 50],
    ['shelf(id: "evt_x") { id }', /^This is not an id of the kind "shf_…"\.$/, 'BAD_USER_INPUT', 40],
    ['nothing', /^Cannot query field "nothing"/, 'BAD_USER_INPUT', 40],
    ['at(time: "yesterday")', /DateTime cannot represent/, 'BAD_USER_INPUT', 40],
    ['{', /^Syntax Error/, 'BAD_USER_INPUT', 40],
  ])('masks %s, and logs it once', async (field, message, code, level) => {
    const { body } = await post({ query: `{ ${field} }` }, await served.house.token())
    expect(body.errors).toEqual([
      expect.objectContaining({
        message: expect.stringMatching(message),
        extensions: { code, errorId: expect.any(String), retryable: false },
      }),
    ])
    expect(JSON.stringify(body)).not.toMatch(/secret|stack|select/)
    expect(logged()).toEqual([
      expect.objectContaining({
        level,
        code,
        errorId: (body.errors?.[0]?.extensions as { errorId: string } | undefined)?.errorId,
      }),
    ])
  })

  it('says the same in-process, path included', async () => {
    const token = await served.house.token()
    for (const query of [
      '{ a: broken }',
      '{ brokenSql }',
      '{ mine }',
      '{ shelf(id: "evt_x") { id } }',
      '{',
    ]) {
      served.house.lines.splice(0)
      const overHttp = (await post({ query }, token)).body.errors
      const inside = await served.house.host.upstreams.toy?.execute({ query, context: token })
      const comparable = (errors: readonly unknown[] | undefined) =>
        errors?.map((error) => {
          const { message, path, extensions } = JSON.parse(JSON.stringify(error))
          return { message, path, extensions: { ...extensions, errorId: '' } }
        })
      expect(comparable(inside?.errors)).toEqual(comparable(overHttp))
      expect(served.house.lines).toHaveLength(2)
    }
    const { body } = await post({ query: '{\n a: broken }' }, token)
    expect(body.errors).toMatchObject([{ path: ['a'], locations: [{ line: 2, column: 2 }] }])
  })

  it('tells a reference that is refused from one that is not there', async () => {
    const row = boxRow('one')
    await served.house.toy.database.db.insert(boxes).values(row)
    const query = 'query ($r: [_Any!]!) { _entities(representations: $r) { ... on Box { id label } } }'
    const r = [row.id, newId('box'), newId('evt'), 'x', 'refuse'].map((id) => ({ __typename: 'Box', id }))
    const { body } = await post({ query, variables: { r } }, await served.house.token())
    expect(body.data).toEqual({ _entities: [{ id: row.id, label: 'one' }, null, null, null, null] })
    expect(body.errors).toMatchObject([
      { message: 'Not this one.', path: ['_entities', 4], extensions: { code: 'BAD_USER_INPUT' } },
    ])
  })
})

it('closes gracefully: what is at hand is answered, sockets are told, the port is free', async () => {
  const other = await startToyHost([declareToy()])
  const server = await other.host.serve('toy', 0)
  const address = `http://127.0.0.1:${server.port}/graphql`
  const socket = new WebSocket(address.replace('http', 'ws'), 'graphql-transport-ws')
  await once(socket, 'open')
  const slow = post({ query: '{ slow }' }, await other.token(), address)
  await pause(50)
  const closed = once(socket, 'close')
  await Promise.all([server.close(), closed])
  expect((await closed)[0]).toBe(1001)
  expect(await slow).toEqual({ status: 200, body: { data: { slow: 'slow' } } })
  await expect(fetch(address)).rejects.toThrow('fetch failed')
  await other.close()
})
