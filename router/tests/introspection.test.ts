import { getIntrospectionQuery, type IntrospectionQuery } from 'graphql'
import { afterEach, describe, expect, it } from 'vitest'
import { connect } from './support/raw-socket.ts'
import { startWorld, until, type World } from './support/world.ts'

let world: World
afterEach(() => world?.close())

interface Answer {
  data?: Partial<IntrospectionQuery>
  errors?: readonly { extensions: { code: string } }[]
}

const overHttp = async (query: string) => (await world.post(query)).body as Answer

async function overSocket(query: string): Promise<Answer> {
  const { socket, messages, subscribe } = await connect(world)
  subscribe(query)
  await until(() => messages.some(({ id }) => id === 'a'))
  const { type, payload } = messages.find(({ id }) => id === 'a') ?? {}
  socket.terminate()
  return (type === 'error' ? { errors: payload } : payload) as Answer
}

const ways = { 'over HTTP': overHttp, 'over WebSocket': overSocket }
const codesOf = ({ errors = [] }: Answer) => errors.map(({ extensions }) => extensions.code)

const circle = (depth: number): string => (depth ? `fields { type { ${circle(depth - 1)} } }` : 'name')
const circular = `{ __schema { types { ${circle(4)} } } }`

describe.each([
  { production: true, introspection: 'on', isTold: true },
  { production: true, introspection: 'auto', isTold: false },
  { production: true, introspection: undefined, isTold: false },
  { production: true, introspection: 'off', isTold: false },
  { production: false, introspection: 'on', isTold: true },
  { production: false, introspection: 'auto', isTold: true },
  { production: false, introspection: undefined, isTold: true },
  { production: false, introspection: 'off', isTold: false },
] as const)('with production $production and introspection $introspection', (options) => {
  const { isTold, ...tuning } = options

  it(`the schema is ${isTold ? 'told' : 'not told'}, whichever way it is asked for`, async () => {
    world = await startWorld('in-process', tuning)
    for (const ask of Object.values(ways)) {
      const answer = await ask(getIntrospectionQuery())
      const type = await ask('{ __type(name: "Note") { name } }')
      if (isTold) {
        expect(answer.errors).toBeUndefined()
        expect(answer.data?.__schema?.types.map(({ name }) => name)).toContain('Note')
        expect(type).toEqual({ data: { __type: { name: 'Note' } } })
      } else {
        expect([answer.data, codesOf(answer)]).toEqual([undefined, ['INTROSPECTION_DISABLED']])
        expect([type.data, codesOf(type)]).toEqual([undefined, ['INTROSPECTION_DISABLED']])
      }
      expect(await ask('{ __typename }')).toEqual({ data: { __typename: 'Query' } })
    }
  })
})

it.each(Object.entries(ways))(
  'where the schema is told, going round in it in circles is refused %s',
  async (_, ask) => {
    world = await startWorld('in-process', { production: true, introspection: 'on' })
    const answer = await ask(circular)
    expect([answer.data, codesOf(answer)]).toEqual([undefined, ['GRAPHQL_VALIDATION_FAILED']])
    expect(await ask('{ __schema { types { name } } }')).toMatchObject({ data: { __schema: {} } })
  },
)
