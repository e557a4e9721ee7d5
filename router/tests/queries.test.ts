import { createServer } from 'node:net'
import { createHttpUpstream } from '@guildhall/kit/upstream-http'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { openEvents } from './support/event-stream.ts'
import {
  createSigner,
  type ReplyBody,
  startWorld,
  type Transport,
  until,
  type World,
} from './support/world.ts'

const maskedError = (path: (string | number)[], code = 'INTERNAL_SERVER_ERROR') => ({
  message:
    code === 'INTERNAL_SERVER_ERROR'
      ? 'Internal server error'
      : 'A part of the service is not available, try again.',
  path,
  extensions: {
    code,
    errorId: expect.stringMatching(/^[\w-]{12}$/),
    retryable: code !== 'INTERNAL_SERVER_ERROR',
  },
})

describe.each<Transport>(['in-process', 'http'])('queries across subgraphs, %s', (transport) => {
  let world: World
  beforeAll(async () => {
    world = await startWorld(transport)
  })
  afterAll(() => world.close())
  afterEach(() => {
    world.state.representations.length = 0
  })

  it('sends each entity once however often it occurs', async () => {
    const { body } = await world.post('{ notes(count: 6) { author { name } } }')
    expect(body).toEqual({
      data: {
        notes: ['p0', 'p1', 'p2', 'p0', 'p1', 'p2'].map((id) => ({ author: { name: `Person ${id}` } })),
      },
    })
    expect(world.state.representations).toEqual([
      ['p0', 'p1', 'p2'].map((id) => ({ __typename: 'Person', id })),
    ])
  })

  it('keeps what failed inside from leaking out', async () => {
    world.logged.length = 0
    const { status, body } = await world.post('{ note { id leak boom } broken }')
    expect(status).toBe(200)
    expect(body.data).toEqual({ note: { id: 'n1', leak: null, boom: null }, broken: null })
    expect(body.errors).toHaveLength(3)
    expect(body.errors).toEqual(
      expect.arrayContaining([
        maskedError(['note', 'leak']),
        maskedError(['note', 'boom']),
        maskedError(['broken']),
      ]),
    )
    expect(JSON.stringify(body)).not.toMatch(/secret_table|10\.1\.2\.3|TEAPOT|stack|serviceName|notes"/)
    // Logged once each, with the cause and the id that the client sees.
    const faults = world.logged.filter(({ level }) => level === 'error')
    expect(faults.map(({ errorId }) => errorId).sort()).toEqual(
      body.errors.map((error) => error.extensions.errorId).sort(),
    )
    const causes = faults.filter(({ path }) => path !== 'note.boom').map(({ err }) => String(err))
    expect(causes).toHaveLength(2)
    for (const cause of causes) expect(cause).toContain('secret_table at 10.1.2.3')
  })

  it('answers null for what is missing, without extensions', async () => {
    const { body } = await world.post('{ people(count: 1) { id must friend { name } } }')
    expect(body).toEqual({ data: { people: [{ id: 'p0', must: 'ok', friend: { name: 'Person p7' } }] } })
  })

  it('tells subgraphs who is calling and under which id', async () => {
    const { token } = world.identity.login('usr_7')
    const requestId = 'find-me-again-1'
    const { headers } = await world.post('{ me { id } }', { token, headers: { 'x-request-id': requestId } })
    expect(world.state.callers.at(-1)).toEqual({
      kind: 'user',
      userId: 'usr_7',
      sessionId: expect.any(String),
      platformRoles: [],
      grants: { org_1: { role: 'member', permissions: [] } },
    })
    expect(world.state.requestIds.at(-1)).toBe(requestId)
    expect(headers.get('x-request-id')).toBe(requestId)
  })

  it('does not believe a context that a client brings along', async () => {
    const forged = await createSigner().then(({ signer }) => signer({ kind: 'service', service: 'router' }))
    const { body } = await world.post('{ me { id } }', { headers: { 'x-guildhall-context': forged } })
    expect(body).toEqual({ data: { me: null } })
    expect(world.state.callers.at(-1)).toEqual({ kind: 'anonymous' })
  })

  it('ends on time when a subgraph hangs, with what the others know, over every transport', async () => {
    // Longer than anything but a hanging subgraph takes, on a busy machine too. That one never answers.
    const quick = await startWorld(transport, { deadlineMs: 1_500 })
    try {
      quick.state.hangPeople = true
      const query = '{ note { id reader { id name } } me { id } }'
      const [posted, { value: overSocket }, events] = await Promise.all([
        quick.post(query),
        quick.client().iterate({ query }).next(),
        openEvents(quick.url, { query }).then(async (stream) => {
          await stream.ended
          return stream.events
        }),
      ])
      expect(posted.status).toBe(200)
      for (const answer of [posted.body, overSocket, events[0]?.data] as ReplyBody[]) {
        expect(answer.data).toEqual({ note: { id: 'n1', reader: { id: 'p2', name: null } }, me: null })
        const errors = answer.errors.map(({ extensions, path }) => ({ ...extensions, path }))
        const late = { code: 'GATEWAY_TIMEOUT', retryable: true, errorId: expect.any(String) }
        expect(errors).toHaveLength(2)
        expect(errors).toEqual(
          expect.arrayContaining([
            { ...late, path: ['note', 'reader'] },
            { ...late, path: ['me'] },
          ]),
        )
      }
    } finally {
      await quick.close()
    }
  })
})

describe('a dead subgraph', () => {
  it('costs its own fields, over HTTP and WebSocket, and names no address', async () => {
    const world = await startWorld('http')
    try {
      await world.served.people?.close()
      const expected = {
        data: { note: { id: 'n1', reader: { id: 'p2', name: null } }, people: null },
        errors: [
          maskedError(['people'], 'SERVICE_UNAVAILABLE'),
          maskedError(['note', 'reader'], 'SERVICE_UNAVAILABLE'),
        ],
      }
      const query = '{ note { id reader { id name } } people { id } }'
      const { status, body } = await world.post(query)
      expect(status).toBe(200)
      expect(body.data).toEqual(expected.data)
      expect(body.errors).toEqual(expect.arrayContaining(expected.errors))
      const { value } = await world.client().iterate({ query }).next()
      expect(value?.data).toEqual(expected.data)
      expect(value?.errors).toEqual(expect.arrayContaining(expected.errors))
      const lists = await world.post('{ notes(count: 2) { readers { name } } }')
      expect(lists.body.errors).toEqual([maskedError(['notes'], 'SERVICE_UNAVAILABLE')])
      expect(JSON.stringify([body, value])).not.toMatch(/127\.0\.0\.1|ECONNREFUSED|localhost/)
    } finally {
      await world.close()
    }
  })

  it('is not waited for by a start', async () => {
    const server = createServer().listen(0)
    await until(() => server.listening)
    const { port } = server.address() as { port: number }
    await new Promise((resolve) => server.close(resolve))
    const gone = createHttpUpstream({ url: `http://127.0.0.1:${port}/graphql`, name: 'people' })
    const world = await startWorld('in-process', { upstreams: { notes: gone, people: gone } })
    const { body } = await world.post('{ note { id } }')
    expect(body).toEqual({ data: { note: null }, errors: [maskedError(['note'], 'SERVICE_UNAVAILABLE')] })
    await world.close()
    await gone.close()
  })
})

describe('a supergraph with a subgraph that nobody serves', () => {
  it('does not start', async () => {
    await expect(startWorld('in-process', { upstreams: {} })).rejects.toThrow(
      'The supergraph has a subgraph "notes" that nobody serves.',
    )
  })
})
