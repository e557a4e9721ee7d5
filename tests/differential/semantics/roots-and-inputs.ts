import { type SemanticsCase, subgraph } from './case.ts'

/** A number that both subgraphs work on, as a database would be. */
const board = { value: 0, log: [] as string[] }
const note = (what: string) => {
  board.log.push(what)
  return board.value
}
const sums = subgraph(
  'sums',
  `type Query { sum: Int shared: Shared @shareable }
   type Shared @shareable { one: Int two: Int @override(from: "products") }
   type Mutation { reset: Boolean add(number: Int! = 1): Int failing: Int tally: Tally }
   type Tally @key(fields: "id") { id: ID! }
   input Options { factor: Int = 2 unit: Unit = KILO }
   enum Unit { KILO MEGA }
   extend type Query { scaled(options: Options = { factor: 3 }): String! }`,
  {
    Query: {
      sum: () => board.value,
      shared: () => ({ one: 1, two: 2 }),
      scaled: (_, { options }) => JSON.stringify(options),
    },
    Mutation: {
      reset: () => {
        board.value = 0
        board.log = []
        return true
      },
      add: async (_, { number }) => {
        await new Promise((resolve) => setImmediate(resolve))
        board.value += Number(number)
        return note('add')
      },
      failing: () => {
        throw new Error('no')
      },
      tally: () => ({ id: String(board.value) }),
    },
    Tally: { __resolveReference: ({ id }) => ({ id }) },
  },
)
const products = subgraph(
  'products',
  `type Query { shared: Shared @shareable }
   type Shared @shareable { one: Int two: Int three: Int }
   type Mutation { multiply(by: Int!): Int }
   type Tally @key(fields: "id") { id: ID! steps: [String!]! }
   input Options { factor: Int = 2 unit: Unit = KILO ours: Int }
   enum Unit { KILO MEGA GIGA }
   extend type Query { twice(options: Options): Int }`,
  {
    Query: { shared: () => ({ one: 1, two: -2, three: 3 }), twice: (_, { options }) => (options ? 1 : null) },
    Mutation: {
      multiply: (_, { by }) => {
        board.value *= Number(by)
        return note('multiply')
      },
    },
    Tally: { __resolveReference: ({ id }) => ({ id, steps: board.log }) },
  },
)

export const rootsAndInputs: readonly SemanticsCase[] = [
  {
    title: 'mutations run one after the other, across subgraphs',
    subgraphs: [sums, products],
    asks: [
      {
        query:
          'mutation { reset five: add(number: 5) ten: multiply(by: 2) eleven: add failing hundred: multiply(by: 10) tally { id steps } }',
        data: {
          reset: true,
          five: 5,
          ten: 10,
          eleven: 11,
          failing: null,
          hundred: 110,
          tally: { id: '110', steps: ['add', 'multiply', 'add', 'multiply'] },
        },
        errors: [['failing']],
      },
    ],
  },
  {
    title: 'a root field and a value type that subgraphs share, and a field that one took over',
    subgraphs: [sums, products],
    asks: [{ query: '{ shared { two one three } }', data: { shared: { two: 2, one: 1, three: 3 } } }],
  },
  {
    title: 'inputs: what subgraphs have in common, with defaults',
    subgraphs: [sums, products],
    asks: [
      { query: '{ scaled }', data: { scaled: '{"factor":3,"unit":"KILO"}' } },
      { query: '{ scaled(options: {}) }', data: { scaled: '{"factor":2,"unit":"KILO"}' } },
      {
        query:
          'query ($unit: Unit = MEGA, $factor: Int) { scaled(options: { unit: $unit, factor: $factor }) }',
        data: { scaled: '{"factor":2,"unit":"MEGA"}' },
      },
      {
        query: 'query ($options: Options!) { scaled(options: $options) }',
        variables: { options: { factor: null } },
        data: { scaled: '{"factor":null,"unit":"KILO"}' },
      },
      { query: '{ scaled(options: { ours: 1 }) }', data: undefined, errors: [[]] },
      { query: '{ scaled(options: { unit: GIGA }) }', data: undefined, errors: [[]] },
    ],
  },
]
