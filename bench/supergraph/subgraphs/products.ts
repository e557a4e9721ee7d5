import { accountOf, catalogueItem, numberOf, productIds, publicationOf, times, upTo } from '../data.ts'
import { type BenchSubgraph, later, link } from '../subgraph.ts'

/** The catalogue: products, and publications of two kinds. */
export const products: BenchSubgraph = {
  name: 'products',
  typeDefs: /* GraphQL */ `${link}
    type Query {
      product(upc: ID!): Product
      topProducts(first: Int = ${productIds}): [Product!]
      catalogue(upcs: [ID!]!): [Product]
      publications(ids: [ID!]! = ["m1", "m2", "m3"]): [Publication!]!
      publication(id: ID!): Publication
      found(by: [Search!]): [Found]
    }
    type Product @key(fields: "upc") {
      upc: ID!
      name: String
      price: Int
      weight: Int
      size(unit: Unit! = CM): Size
      related(first: Int = 2): [Product]!
    }
    type Size @shareable { width: Int! height: Int }
    enum Unit { CM INCH }
    interface Publication { id: ID! title: String! sequel: Publication }
    type Book implements Publication @key(fields: "id") {
      id: ID! title: String! sequel: Publication pages: Int! about: Product
    }
    type Film implements Publication @key(fields: "id") {
      id: ID! title: String! sequel: Publication minutes: Int! star: User
    }
    union Found = Product | Book | Film | User
    input Search { id: ID!, boost: Int = 1, words: [String] }
    type User @key(fields: "id", resolvable: false) { id: ID! }
  `,
  resolvers: {
    Query: {
      product: (_, { upc }) => catalogueItem(upc),
      topProducts: (_, { first }) => times(upTo(first)).map((at) => catalogueItem(`p${at + 1}`)),
      catalogue: (_, { upcs }) => later(() => (upcs as unknown[]).map(catalogueItem)),
      publications: (_, { ids }) => (ids as unknown[]).map(publicationOf),
      publication: (_, { id }) => publicationOf(id),
      found: (_, { by }) => (by as { id: string }[] | null | undefined)?.map(({ id }) => anything(id)),
    },
    Product: {
      __resolveReference: async ({ upc }) => catalogueItem(upc),
      size: ({ n }, { unit }) => sizeOf(Number(n), unit === 'INCH'),
      related: ({ n }, { first }) => times(upTo(first)).map((at) => catalogueItem(`p${Number(n) + at + 1}`)),
    },
    Publication: { __resolveType: ({ __typename }) => __typename },
    Book: {
      __resolveReference: async ({ id }) => publicationOf(id),
      sequel,
      about: ({ n }) => catalogueItem(`p${n}`),
    },
    Film: {
      __resolveReference: async ({ id }) => publicationOf(id),
      sequel,
      star: ({ n }) => ({ __typename: 'User', id: `u${n}` }),
    },
  },
}

function sequel({ n }: { n?: unknown }): unknown {
  if (Number(n) % 10 === 0) throw new Error('never made')
  return Number(n) % 4 === 3 ? null : later(() => publicationOf(`m${Number(n) + 3}`))
}

const sizeOf = (n: number, isInches: boolean) => ({
  __typename: 'Size',
  width: n % 14 === 0 ? null : isInches ? 1 : 2,
  height: n % 3 === 0 ? null : n,
})

/** Whatever an id names; people are known by their id alone. */
function anything(id: string): unknown {
  if (id.startsWith('u')) return numberOf(id) ? { __typename: 'User', id: accountOf(id)?.id ?? id } : null
  return id.startsWith('m') ? publicationOf(id) : catalogueItem(id)
}
