import { createClient } from 'graphql-ws'
import { expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { startToyHost } from './support/toy-host.ts'
import { declareToy } from './support/toy-subgraph.ts'

it('an operation over a socket says where it comes from; what is no text is not believed', async () => {
  const house = await startToyHost([declareToy()])
  const { port } = await house.host.serve('toy', 0)
  const client = createClient({
    url: `ws://127.0.0.1:${port}/graphql`,
    webSocketImpl: WebSocket,
    retryAttempts: 0,
  })
  const context = await house.token()
  const ask = async (headers: unknown) => {
    const extensions = { context, headers }
    return (await client.iterate({ query: '{ askedFrom }', extensions }).next()).value
  }
  expect(await ask({ 'x-client-address': '192.0.2.1', 'x-client-agent': 'A', 'x-request-id': 'r1' })).toEqual(
    { data: { askedFrom: '192.0.2.1 A r1' } },
  )
  for (const headers of [undefined, 'text', { 'x-client-address': 5, 'x-request-id': {} }]) {
    expect(await ask(headers)).toEqual({
      data: { askedFrom: expect.stringMatching(/^null null [\w-]{36}$/) },
    })
  }
  await client.dispose()
  await house.close()
})
