import { afterEach, expect, it } from 'vitest'
import { connect } from './support/raw-socket.ts'
import { note } from './support/toy-subgraphs.ts'
import { startWorld, until, type World } from './support/world.ts'

let world: World
afterEach(() => world.close())

const codesOf = (errors: unknown): string[] =>
  (errors as { extensions: { code: string } }[]).map(({ extensions }) => extensions.code)

const refused: Record<string, string> = {
  'that is not GraphQL': 'subscription {',
  'that is not valid': 'subscription { nothing }',
  'that is too large': `subscription { ${'a: __typename '.repeat(40)} }`,
}

it.each(Object.entries(refused))('an operation %s costs a point, and then waits', async (_what, query) => {
  world = await startWorld('in-process', { gate: { rates: { user: 4, key: 4, address: 4 } } })
  const socket = await connect(world)
  for (const id of ['a', 'b']) {
    socket.subscribe(query, id)
    await until(() => socket.messages.some((message) => message.id === id))
  }
  for (let count = 0; count < 2; count++) expect((await world.post(query)).status).toBe(400)
  const { status, body } = await world.post(query)
  expect([status, codesOf(body.errors)]).toEqual([429, ['RATE_LIMITED']])
  socket.subscribe(query, 'c')
  await until(() => socket.messages.some(({ id }) => id === 'c'))
  expect(socket.messages.find(({ id }) => id === 'c')).toMatchObject({
    type: 'error',
    payload: [{ extensions: { code: 'RATE_LIMITED' } }],
  })
  // Who logs in is somebody else.
  const { token } = world.identity.login('p1')
  expect((await world.post('{ note { id } }', { token })).status).toBe(200)
  socket.socket.terminate()
})

it('a subscription that is refused is told in one line of the log', async () => {
  world = await startWorld('in-process')
  const { token } = world.identity.login('p1')
  const socket = await connect(world, token)
  socket.subscribe('subscription Wrong { nothing }')
  await until(() => socket.messages.some(({ type }) => type === 'error'))
  expect(world.logged.filter(({ message }) => message === 'operation refused')).toEqual([
    expect.objectContaining({
      level: 'info',
      viewer: 'p1',
      codes: ['GRAPHQL_VALIDATION_FAILED'],
      requestId: expect.any(String),
      trace_id: expect.any(String),
    }),
  ])
  socket.socket.terminate()
})

it('an event of which something is withheld is told with the ids that its receivers get', async () => {
  world = await startWorld('in-process')
  const socket = await connect(world)
  socket.subscribe('subscription Partly { noteAdded { id secret } }')
  await until(() => world.state.openStreams === 1)
  world.state.bus.emit('note', note({ id: 'n9' }))
  await until(() => socket.results().length === 1)
  const [result] = socket.results() as { data: unknown; errors: { extensions: { errorId: string } }[] }[]
  expect(result?.data).toEqual({ noteAdded: { id: 'n9', secret: null } })
  expect(world.logged.filter(({ message }) => message === 'event with errors')).toEqual([
    expect.objectContaining({
      level: 'info',
      operation: 'Partly',
      codes: ['UNAUTHORIZED_FIELD_OR_TYPE'],
      errorIds: result?.errors.map(({ extensions }) => extensions.errorId),
    }),
  ])
  socket.socket.terminate()
})

it('a body is refused from the length on that the installation says', async () => {
  world = await startWorld('in-process', { bodyBytes: 1_000 })
  const padded = (length: number) => `{ note { id } } #${'x'.repeat(length)}`
  expect((await world.post(padded(900))).status).toBe(200)
  const { status, body } = await world.post(padded(1_000))
  expect([status, codesOf(body.errors)]).toEqual([413, ['BAD_REQUEST']])
})
