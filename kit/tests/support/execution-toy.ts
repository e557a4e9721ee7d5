import { buildSubgraphSchema, type GraphQLResolverMap } from '@apollo/subgraph'
import { GraphQLError, GraphQLScalarType, type GraphQLSchema, parse } from 'graphql'

const typeDefs = parse(`
  extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key"])
  scalar Instant
  enum Color { RED BLUE }
  input EchoInput { text: String = "nothing", list: [Int] }
  interface Node { id: ID! }
  type Query {
    thing(kind: String = "thing"): Thing
    things(count: Int = 2): [Thing!]
    nodes: [Node]
    lateNodes: [Node!]!
    any: [Any]
    strict: [Thing!]!
    halfway: [Thing!]
    matrix: [[Thing!]]
    echo(input: EchoInput): String
  }
  type Mutation { add(text: String!): Thing addSurely(text: String!): Thing! }
  union Any = Thing | Other
  type Thing implements Node @key(fields: "id") {
    id: ID!
    name: String
    size: Int!
    at: Instant
    color: Color
    loud(times: Int = 1): String
    late: String!
    method: String
    broken: String
    brokenLate: Int
    needed: String!
    neededLate: String!
    odd: Int
    self: Thing
    lateSelf: Thing
    sure: Thing!
    others(count: Int = 1): [Other!]!
    lateOthers: [Other]
    tags: [String!]
    holes: [Other]
    sureHoles: [Other!]
    node: Node
  }
  type Other implements Node @key(fields: "id") { id: ID! label: String! thing: Thing broken: String }
`)

interface Thing {
  __typename: 'Thing'
  id: string
  size: number
}
const soon = async <Value>(value: Value): Promise<Value> => {
  await Promise.resolve()
  return value
}
const fail = (message: string): never => {
  throw new Error(message)
}
const failSoon = async (message: string): Promise<never> => {
  await Promise.resolve()
  throw new GraphQLError(message, { extensions: { code: 'TOY' } })
}
const thing = (size = 1): Thing =>
  ({
    __typename: 'Thing',
    id: `t${size}`,
    size,
    name: size % 3 === 2 ? null : `name ${size}`,
    at: new Date(Date.UTC(2026, 0, size + 1)),
    color: size % 4 === 3 ? 'GREEN' : 'RED',
    tags: size % 2 ? ['a', 'b'] : null,
    odd: size % 2 ? size : 'not a number',
    needed: size % 5 === 0 ? null : 'there',
    method(_: unknown, ctx: { word: string }) {
      return `${this.size} ${ctx.word}`
    },
  }) as Thing
const other = (no: number) => ({ __typename: 'Other', id: `o${no}`, label: no === 2 ? null : `label ${no}` })
const times = <Item>(count: number, make: (no: number) => Item) =>
  Array.from({ length: count }, (_, no) => make(no))

const resolvers = {
  Instant: new GraphQLScalarType({ name: 'Instant', serialize: (value) => (value as Date).toISOString() }),
  Node: {
    __resolveType: (node: { __typename: string; id: string }) =>
      node.id === 'o1' ? soon(node.__typename) : node.__typename,
  },
  Query: {
    thing: (_: unknown, { kind }: { kind: string | null }) =>
      kind === 'fails'
        ? fail('thing fails')
        : kind === 'failsLate'
          ? failSoon('thing fails late')
          : kind === 'thing'
            ? thing()
            : null,
    things: (_: unknown, { count }: { count: number | null }) =>
      soon(times(count ?? 1, (no) => (no === 2 ? soon(thing(no)) : thing(no)))),
    nodes: () => [
      thing(1),
      other(1),
      null,
      new Error('an error as a value'),
      { __typename: 'Nothing' },
      failSoon('item'),
    ],
    lateNodes: () => soon([other(1), soon(thing(5))]),
    any: () => [thing(2), other(0), { __typename: 'Color' }, { id: 'x' }],
    strict: () => [failSoon('strict item'), soon(thing(1))],
    // The first item fails at once, the last one when nobody waits for it any more.
    halfway: () => [soon(thing(1)), { __typename: 'Thing', size: 1 }, failSoon('unheard')],
    matrix: () => [[thing(1)], null, [soon(thing(2)), soon(null)], 'no list'],
    echo: (_: unknown, args: { input?: object }) => JSON.stringify(args),
  },
  Mutation: {
    add: async (_: unknown, { text }: { text: string }, ctx: { log: string[] }) => {
      await Promise.resolve()
      ctx.log.push(text)
      return text === 'bad' ? fail('bad text') : thing(1)
    },
    addSurely: (_: unknown, { text }: { text: string }, ctx: { log: string[] }) => {
      ctx.log.push(text)
      return text === 'bad' ? fail('surely bad text') : thing(2)
    },
  },
  Thing: {
    __resolveReference: async ({ id }: { id: string }) =>
      id === 'fails' ? fail('no such reference') : thing(4),
    loud: (
      { size }: Thing,
      args: { times: number | null },
      ctx: { word: string },
      info: { path: unknown },
    ) => {
      const seen = JSON.stringify([args, ctx.word, info.path])
      args.times = 99
      return `${size} ${seen}`
    },
    late: ({ size }: Thing) => soon(size === 3 ? null : 'late'),
    broken: () => fail('broken'),
    brokenLate: () => failSoon('broken late'),
    neededLate: ({ size }: Thing) => (size === 2 ? failSoon('needed and failing') : soon('there')),
    self: (self: Thing) => self,
    lateSelf: (self: Thing) => soon(self.size === 3 ? null : self),
    sure: ({ size }: Thing) => (size === 1 ? null : thing(size + 1)),
    others: (_: Thing, { count }: { count: number | null }) => times(count ?? 1, other),
    lateOthers: () => soon(times(3, (no) => soon(other(no)))),
    holes: () => [other(0), null, soon(null), other(2)],
    sureHoles: ({ size }: Thing) => [other(0), size === 1 ? null : other(1)],
    node: ({ size }: Thing) => (size % 2 ? other(size) : soon(thing(size))),
  },
  Other: {
    __resolveReference: async ({ id }: { id: string }) => (id === 'gone' ? null : other(1)),
    thing: () => soon(thing(1)),
    broken: ({ id }: { id: string }) => (id === 'o0' ? fail('other is broken') : 'whole'),
  },
}

/** A subgraph whose resolvers do everything that resolvers may do, wrong things too. */
export const executionToy = (): GraphQLSchema =>
  buildSubgraphSchema([{ typeDefs, resolvers: resolvers as unknown as GraphQLResolverMap }])
