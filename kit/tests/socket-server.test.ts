import { type Client, createClient } from 'graphql-ws'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { WebSocket } from 'ws'
import { servedToy } from './support/served-toy.ts'
import { openTicks } from './support/toy-subgraph.ts'

const served = servedToy()

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

describe('over graphql-ws', () => {
  const clients: Client[] = []
  afterEach(async () => {
    await Promise.all(clients.splice(0).map((client) => client.dispose()))
  })
  const connect = () => {
    const client = createClient({
      url: served.url.replace('http', 'ws'),
      webSocketImpl: WebSocket,
      retryAttempts: 0,
      lazyCloseTimeout: 500,
    })
    clients.push(client)
    return client
  }
  const stream = (client: Client, query: string, context?: string) =>
    client.iterate({ query, ...(context ? { extensions: { context } } : {}) })
  const failureOf = (iterator: AsyncIterableIterator<unknown>) =>
    iterator.next().then(
      (value) => ({ value }),
      (error: unknown) => ({ error }),
    )

  it('answers each operation by its own context, and refuses without closing the socket of the others', async () => {
    const client = connect()
    const going = stream(client, 'subscription { ticks }', await served.house.token())
    expect((await going.next()).value).toEqual({ data: { ticks: 1 } })
    for (const query of [
      '{ hello }',
      '{ _service { sdl } }',
      '{ __schema { types { name } } }',
      '{',
      '{ nothing }',
    ]) {
      expect(await failureOf(stream(client, query))).toEqual({ error: refused.errors })
      expect(await failureOf(stream(client, query, 'garbage'))).toEqual({ error: refused.errors })
    }
    const good = stream(client, '{ hello }', await served.house.token())
    expect((await good.next()).value).toEqual({ data: { hello: 'hello' } })
    expect(openTicks.count).toBe(1)
    await going.return?.()
    await vi.waitFor(() => expect(openTicks.count).toBe(0))
  })

  it('closes the source when the client goes away', async () => {
    const client = connect()
    const going = stream(client, 'subscription { ticks }', await served.house.token())
    await going.next()
    expect(openTicks.count).toBe(1)
    client.terminate()
    await vi.waitFor(() => expect(openTicks.count).toBe(0))
  })

  it('masks what goes wrong, each error logged once', async () => {
    const client = connect()
    const token = await served.house.token()
    const broken = stream(client, 'subscription { breaks }', token)
    const masked = { code: 'INTERNAL_SERVER_ERROR', errorId: expect.any(String), retryable: false }
    expect((await broken.next()).value).toEqual({
      data: { breaks: null },
      errors: [
        expect.objectContaining({ message: 'Internal server error.', path: ['breaks'], extensions: masked }),
      ],
    })
    expect(await failureOf(broken)).toEqual({
      error: [{ message: 'Internal server error.', extensions: masked }],
    })
    expect(logged()).toHaveLength(2)
    served.house.lines.splice(0)
    expect(await failureOf(stream(client, 'subscription { tickOfNoOne }', token))).toMatchObject({
      value: {
        value: { errors: [{ message: 'You must be logged in.', extensions: { code: 'UNAUTHENTICATED' } }] },
      },
    })
    expect(await failureOf(stream(client, '{', token))).toMatchObject({
      error: [{ message: expect.stringMatching(/^Syntax Error/), extensions: { code: 'BAD_USER_INPUT' } }],
    })
    expect(await failureOf(stream(client, '{ nothing }', token))).toMatchObject({
      error: [{ extensions: { code: 'BAD_USER_INPUT' } }],
    })
    expect(logged()).toHaveLength(3)
  })
})
