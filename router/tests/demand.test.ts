import { composeServices } from '@apollo/composition'
import { Supergraph } from '@apollo/federation-internals'
import { getOperationAST, parse, validate } from 'graphql'
import { describe, expect, it } from 'vitest'
import { readCostIndex } from '../operations/demand/cost-index.ts'
import { createDemandControl, type DemandTuning } from '../operations/demand/demand-control.ts'
import type { Arrival } from '../operations/gate.ts'

const typeDefs = (imports = '"@cost", "@listSize"') => /* GraphQL */ `
  extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: [${imports}])
  type Query {
    book: Book
    name: String
    books(first: Int = 20, last: Int): BookConnection
      @listSize(slicingArguments: ["first", "last"], sizedFields: ["nodes", "edges"], requireOneSlicingArgument: false)
    shelf(limit: Int): [Book!]! @listSize(slicingArguments: ["limit"], assumedSize: 3)
    page(first: Int! = 5): BookConnection @listSize(slicingArguments: ["first"], sizedFields: ["nodes"])
    bestsellers: [Book!]! @listSize(assumedSize: 7)
    loose: [Book]
    tags: [String!]!
    report: Report @cost(weight: 50)
    search(text: String @cost(weight: 4), filter: Filter): Book
    anything: Thing
    product: Product
  }
  type Mutation { rename(input: RenameInput!): Book }
  type Subscription { renamed: Book }
  type BookConnection { nodes: [Book!]! edges: [Edge!]! total: Int }
  type Edge { node: Book }
  type Book implements Product { id: ID! title: String author: Author similar: [Book!]! }
  type Author { name: String portrait: Portrait }
  type Portrait @cost(weight: 8) { url: String }
  type Report { text: String }
  interface Product { id: ID! }
  union Thing = Book | Author
  input Filter { titles: [String!] nested: Filter dear: String @cost(weight: 6) all: [Filter!] }
  input RenameInput { id: ID! title: String }
`

function state(sdl = typeDefs()): Arrival['state'] {
  const { supergraphSdl, errors } = composeServices([{ name: 'books', url: '', typeDefs: parse(sdl) }])
  if (!supergraphSdl) throw new Error(errors?.map(({ message }) => message).join('\n'))
  const supergraph = Supergraph.build(supergraphSdl, { validateSupergraph: false })
  return {
    schema: supergraph.apiSchema().toGraphQLJSSchema(),
    costs: readCostIndex(supergraph.schema.toGraphQLJSSchema()),
  } as Arrival['state']
}
const books = state()

const arrival = (query: string, variables = {}, at = books): Arrival => {
  const document = parse(query)
  expect(validate(at.schema, document)).toEqual([])
  const operation = getOperationAST(document)
  if (!operation) throw new Error('no operation')
  return { state: at, document, operation, variables } as unknown as Arrival
}
const control = (tuning: Partial<DemandTuning> = {}, pageSize = 100) =>
  createDemandControl({ mode: 'enforce', maxCost: 5_000, listSize: 10, ...tuning }, pageSize)
const costOf = (query: string, variables = {}, at = books) => control()(arrival(query, variables, at))

describe('the cost of an operation', () => {
  it.each<[query: string, cost: number]>([
    ['{ name }', 0],
    ['{ __typename __schema { types { name fields { name } } } }', 0],
    ['{ book { title } }', 1],
    ['{ book { author { name } } }', 2],
    ['{ product { id ... on Book { author { name } } } }', 2],
    ['{ anything { ... on Book { author { name } } ... on Author { name } } }', 2],
    ['{ tags }', 0],
    ['{ loose { title author { name } } }', 20],
    ['{ loose { similar { author { name } } } }', 10 * (1 + 10 * 2)],
    ['{ bestsellers { title } }', 7],
    ['{ a: book { id } b: book { ...B } } fragment B on Book { author { name } }', 3],
    ['mutation { rename(input: { id: "1" }) { title } }', 10 + 1 + 1],
    ['subscription { renamed { author { name } } }', 2],
  ])('%s is %i', (query, cost) => {
    expect(costOf(query)).toBe(cost)
  })

  it('follows @cost on fields, types and arguments', () => {
    expect(costOf('{ report { text } }')).toBe(50)
    expect(costOf('{ book { author { portrait { url } } } }')).toBe(10)
    expect(costOf('{ search(text: "x") { title } }')).toBe(5)
    expect(costOf('query ($t: String) { search(text: $t) { title } }', { t: 'x' })).toBe(5)
    expect(costOf('query ($t: String) { search(text: $t) { title } }')).toBe(1)
  })

  it('counts input objects, given as they stand or by variables', () => {
    const filter = { titles: ['a', 'b'], dear: 'x', nested: { nested: {} }, all: [{}, { dear: 'y' }] }
    const query = 'query ($filter: Filter) { search(filter: $filter) { title } }'
    expect(costOf(query, { filter })).toBe(1 + (1 + 6 + 2 + 1 + 1 + 6))
    expect(costOf('{ search(filter: { dear: "x", all: [{}] }) { title } }')).toBe(1 + 1 + 6 + 1)
    expect(costOf('query ($d: String) { search(filter: { dear: $d }) { title } }', { d: 'x' })).toBe(8)
    expect(costOf(query, { filter: 'nonsense' })).toBe(1)
  })

  it('is times what the page asks for, at the fields that hold the items', () => {
    expect(costOf('{ books { nodes { title } total } }')).toBe(1 + 20)
    expect(costOf('{ books(first: 3) { nodes { title } edges { node { title } } } }')).toBe(1 + 3 + 3 * 2)
    expect(
      costOf('{ books(first: 3, last: 8) { ...P } } fragment P on BookConnection { nodes { id } }'),
    ).toBe(9)
    expect(costOf('{ books(first: 3) { nodes { similar { title } } } }')).toBe(1 + 3 * (1 + 10))
    expect(costOf('{ shelf(limit: 4) { title } }')).toBe(4)
    expect(costOf('{ books(first: -5) { nodes { title } } }')).toBe(1)
  })

  it('takes the length from variables, their defaults, and those of the arguments', () => {
    const query = 'query ($n: Int = 2) { books(first: $n) { nodes { title } } }'
    expect(costOf(query, { n: 9 })).toBe(10)
    expect(costOf(query)).toBe(3)
    expect(costOf('query ($n: Int) { books(first: $n) { nodes { title } } }')).toBe(21)
    expect(costOf('query ($n: Int) { books(first: $n) { nodes { title } } }', { n: null })).toBe(11)
  })

  it('leaves out what is skipped', () => {
    const query = 'query ($in: Boolean!) { book { title } loose @include(if: $in) { title } }'
    expect(costOf(query, { in: false })).toBe(1)
    expect(costOf(query, { in: true })).toBe(11)
    expect(costOf('{ book @skip(if: true) { title } ... @include(if: false) { loose { title } } }')).toBe(0)
    expect(
      costOf('query ($s: Boolean = true) { book { title } ... @skip(if: $s) { loose { title } } }'),
    ).toBe(1)
  })

  it('is found under whatever names the supergraph imports the directives', () => {
    const renamed = typeDefs('{ name: "@cost", as: "@weight" }, { name: "@listSize", as: "@size" }')
      .replaceAll('@cost(', '@weight(')
      .replaceAll('@listSize(', '@size(')
    const at = state(renamed)
    expect(costOf('{ report { text } bestsellers { title } }', {}, at)).toBe(57)
    expect(at.costs).toEqual(books.costs)
  })
})

describe('demand control', () => {
  const dear = '{ books(first: 100) { nodes { similar { similar { title } } } } }'
  const cost = 1 + 100 * (1 + 10 * 11)
  const refusal = (code: string) => ({ extensions: { code, http: { status: 400 } } })
  const thrownBy = (work: () => unknown) => {
    try {
      return work()
    } catch (error) {
      return error
    }
  }

  it('refuses what is too dear when it enforces, and only measures otherwise', () => {
    expect(thrownBy(() => control()(arrival(dear)))).toMatchObject(refusal('COST_ESTIMATED_TOO_EXPENSIVE'))
    expect(control({ maxCost: cost })(arrival(dear))).toBe(cost)
    expect(control({ mode: 'measure' })(arrival(dear))).toBe(cost)
    expect(control({ mode: 'off' })(arrival(dear))).toBe(0)
  })

  it('refuses pages that are too long, whatever they cost', () => {
    const long = 'query ($n: Int) { books(first: $n) { total } }'
    for (const mode of ['off', 'measure', 'enforce'] as const) {
      expect(thrownBy(() => control({ mode })(arrival(long, { n: 101 })))).toMatchObject(
        refusal('BAD_USER_INPUT'),
      )
    }
    expect(control()(arrival(long, { n: 100 }))).toBe(1)
  })

  it('wants exactly one slicing argument where the schema says so', () => {
    const shelf = 'query ($n: Int) { shelf(limit: $n) { title } }'
    expect(thrownBy(() => control()(arrival(shelf)))).toMatchObject(refusal('BAD_USER_INPUT'))
    expect(control({ mode: 'measure' })(arrival(shelf))).toBe(3)
    expect(control()(arrival('{ page { nodes { title } } }'))).toBe(6)
  })

  it('works out anew what a document costs when the schema has changed', () => {
    const check = control()
    const asked = arrival('{ report { text } }')
    expect(check(asked)).toBe(50)
    const cheaper = state(typeDefs().replace('weight: 50', 'weight: 5'))
    expect(check({ ...asked, state: cheaper })).toBe(5)
  })
})
