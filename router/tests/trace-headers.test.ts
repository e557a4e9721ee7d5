import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { startWorld, until, type World } from './support/world.ts'

const traceId = '4bf92f3577b34da6a3ce929d0e0e4736'
const traceparent = `00-${traceId}-00f067aa0ba902b7-01`

describe.each(['in-process', 'http'] as const)('%s', (transport) => {
  let world: World
  beforeEach(async () => {
    world = await startWorld(transport)
  })
  afterEach(() => world.close())
  /** What the subgraphs were told, operation by operation. */
  const told = () => world.state.headers.map((headers) => headers.traceparent)
  const lines = (message: string) => world.logged.filter((line) => line.message === message)

  it('a trace goes on in every subgraph, in one step of the router', async () => {
    await world.post('query Both { people { id } notes { id author { name } } }', {
      headers: { traceparent },
    })
    expect(told().length).toBeGreaterThan(1)
    expect(new Set(told()).size).toBe(1)
    expect(told()[0]).toMatch(new RegExp(`^00-${traceId}-(?!00f067aa0ba902b7)[0-9a-f]{16}-01$`))
    await until(() => lines('operation').length === 1)
    expect(lines('operation')[0]).toMatchObject({ operation: 'Both', trace_id: traceId, outcome: 'ok' })
  })

  it.each([undefined, 'garbage', `00-${'0'.repeat(32)}-00f067aa0ba902b7-01`])(
    'a new one begins where the client sends %s',
    async (sent) => {
      const headers = sent === undefined ? {} : { headers: { traceparent: sent } }
      for (let i = 0; i < 2; i++) await world.post('{ people { id } }', headers)
      const [first, second] = told().map(
        (header) => /^00-([0-9a-f]{32})-[0-9a-f]{16}-00$/.exec(String(header))?.[1],
      )
      expect([first, second]).toEqual([expect.any(String), expect.any(String)])
      expect(first).not.toBe(second)
      await until(() => lines('operation').length === 2)
      expect(lines('operation').map((line) => line.trace_id)).toEqual([first, second])
    },
  )

  it('over a socket it goes on from the extensions of the operation', async () => {
    const client = world.client()
    const query = 'query { people { id } }'
    await client.iterate({ query, extensions: { traceparent } }).next()
    expect(told()).toEqual([expect.stringMatching(`^00-${traceId}-`)])
  })

  it('an error is logged with its request, under the id that the client is given', async () => {
    const { body } = await world.post('{ nothing }', {
      headers: { traceparent, 'x-request-id': 'request-of-mine' },
    })
    const ids = { requestId: 'request-of-mine', trace_id: traceId }
    expect(lines('operation failed')).toEqual([
      expect.objectContaining({ ...ids, errorId: body.errors[0]?.extensions.errorId }),
    ])
    await until(() => lines('operation').length === 1)
    expect(lines('operation')[0]).toMatchObject({
      ...ids,
      outcome: 'failed',
      codes: ['GRAPHQL_VALIDATION_FAILED'],
      errorIds: [body.errors[0]?.extensions.errorId],
    })
    expect(lines('request')).toEqual([])
  })

  it('what is refused before it is an operation has a line too, and none about what was asked', async () => {
    await world.post('{ people { id } }', { token: 'canary', headers: { traceparent } })
    await fetch(`${world.url}/canary?token=canary`)
    await fetch(`${world.url}/health/ready`)
    await fetch(`${world.url}/.well-known/jwks.json`, { headers: { traceparent } })
    await until(() => lines('request').length === 1)
    expect(lines('request refused')).toEqual([
      expect.objectContaining({ trace_id: traceId, method: 'POST', code: 'UNAUTHENTICATED', status: 401 }),
      expect.objectContaining({ method: 'GET', code: 'BAD_REQUEST', status: 404 }),
    ])
    expect(lines('request')).toEqual([
      expect.objectContaining({ trace_id: traceId, route: '/.well-known/jwks.json', status: 200 }),
    ])
    expect(lines('operation')).toEqual([])
    expect(JSON.stringify(world.logged)).not.toContain('canary')
  })
})
