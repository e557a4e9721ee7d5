import { buildSubgraphSchema } from '@apollo/subgraph'
import { type GraphQLSchema, parse } from 'graphql'

/** Subgraphs that use what federation has; all data is in memory. */
export interface ShopSubgraph {
  name: string
  typeDefs: string
  schema: GraphQLSchema
}

const link = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@external",
  "@requires", "@provides", "@shareable", "@interfaceObject", "@inaccessible"])`

const usersTypeDefs = /* GraphQL */ `
  ${link}
  type Query { users(first: Int = 3): [User!]! user(id: ID!): User ping: String @shareable }
  type Mutation { rename(id: ID!, name: String!): User }
  enum Role { READER WRITER HIDDEN @inaccessible }
  scalar Json
  type Address @shareable { street: String city: String }
  type User @key(fields: "id") {
    id: ID! name: String! @shareable nick: String role: Role settings: Json address: Address @shareable matrix: [[Int!]]
    echo(text: String, list: [Int!]): String
    secret: String boom: String
  }
`
const mediaTypeDefs = /* GraphQL */ `
  ${link}
  type Query { media(first: Int = 4): [Media!]! book(id: ID!): Book search: [Result] ping: String @shareable }
  interface Node { id: ID! }
  interface Media implements Node @key(fields: "id") { id: ID! title: String weight: Int price: Int dims: Dims }
  type Book implements Media & Node @key(fields: "id") {
    id: ID! title: String weight: Int price: Int dims: Dims pages: Int! name: String! @shareable author: User!
  }
  type Film implements Media & Node @key(fields: "id") {
    id: ID! title: String weight: Int price: Int dims: Dims minutes: Int plot: String director: User
  }
  type Dims { w: Int h: Int }
  union Result = Book | Film | User
  type User @key(fields: "id") { id: ID! favourite: Media works: [Media] }
`
const reviewsTypeDefs = /* GraphQL */ `
  ${link}
  type Query { reviews(first: Int = 3): [Review]! ping: String @shareable }
  type Review @key(fields: "id") { id: ID! body: String stars: Int! by: User! @provides(fields: "name") about: Media replies: [Review!] }
  type User @key(fields: "id") { id: ID! name: String! @external reviews(first: Int = 2): [Review!] address: Address @shareable }
  type Address @shareable { city: String zip: String }
  type Media @key(fields: "id") @interfaceObject { id: ID! rating: Float reviews(first: Int = 2): [Review!] must: Int! }
`
const stockTypeDefs = /* GraphQL */ `
  ${link}
  type Query { ping: String @shareable }
  type Book @key(fields: "id") {
    id: ID! weight: Int @external price: Int @external dims: Dims @external name: String @shareable
    shipping(fast: Boolean = false): Int @requires(fields: "weight price")
    volume: Int @requires(fields: "dims { w h }")
    amount: Int
  }
  type Film @key(fields: "id") { id: ID! amount: Int weight: Int @external shipping: Int @requires(fields: "weight") }
  type Dims { w: Int @external h: Int @external }
  type Review @key(fields: "id") { id: ID! likes: Int! reader: User }
  type User @key(fields: "id") { id: ID! name: String! @external cart: [Book!] score: Int @requires(fields: "name") }
`

type Row = Record<string, unknown>
const number = (id: unknown): number => Number(String(id).replace(/\D/g, '')) || 0
const user = (n: number): Row => ({ __typename: 'User', id: `u${n % 5}` })
const media = (n: number): Row =>
  n % 2 ? { __typename: 'Film', id: `f${n % 4}` } : { __typename: 'Book', id: `b${n % 6}` }
const review = (n: number): Row => ({ __typename: 'Review', id: `r${n % 12}` })
const range = (first: number, make: (n: number) => Row, from = 0) =>
  Array.from({ length: first }, (_, index) => make(from + index))
const reference = { __resolveReference: async (row: Row) => row }
const fail = (text: string) => () => {
  throw new Error(text)
}

const usersResolvers = {
  Query: {
    users: (_: unknown, { first }: { first: number }) => range(first, user),
    user: (_: unknown, { id }: Row) => (id === 'gone' ? null : { id }),
    ping: () => 'users',
  },
  Mutation: { rename: (_: unknown, { id, name }: Row) => ({ id, name }) },
  User: {
    __resolveReference: async (row: Row) => {
      if (row.id === 'u4') return null
      if (row.id === 'u3') throw new Error('u3 is broken')
      return row
    },
    name: (row: Row) => row.name ?? `User ${row.id}`,
    nick: ({ id }: Row) => (number(id) % 2 ? null : `nick ${id}`),
    role: ({ id }: Row) => ['READER', 'WRITER', 'HIDDEN'][number(id) % 3],
    settings: ({ id }: Row) => ({ deep: [{ id }], n: 1 }),
    address: ({ id }: Row) => ({ street: `street ${id}`, city: `city ${id}` }),
    matrix: ({ id }: Row) => [[number(id), 2], null, []],
    echo: (_: Row, given: Row) => JSON.stringify(given),
    boom: fail('boom'),
  },
}
const mediaFields = {
  title: ({ id }: Row) => (id === 'b4' ? null : `Title ${id}`),
  weight: ({ id }: Row) => number(id) + 1,
  price: ({ id }: Row) => (id === 'b2' ? null : 10 * number(id)),
  dims: ({ id }: Row) => (id === 'b4' ? null : { w: number(id), h: 3 }),
}
const mediaResolvers = {
  Query: {
    media: (_: unknown, { first }: { first: number }) => range(first, media),
    book: (_: unknown, { id }: Row) => ({ id }),
    search: () => [media(0), user(1), null, media(1), user(2), media(2)],
    ping: () => 'media',
  },
  Media: {
    __resolveType: typeOf,
    __resolveReference: async ({ id }: Row) => media(String(id)[0] === 'f' ? 1 : number(id)),
  },
  Node: { __resolveType: typeOf },
  Result: { __resolveType: typeOf },
  Book: {
    ...reference,
    ...mediaFields,
    pages: ({ id }: Row) => (id === 'b4' ? null : 100),
    name: ({ id }: Row) => `name ${id}`,
    author: ({ id }: Row) => user(number(id)),
  },
  Film: {
    ...reference,
    ...mediaFields,
    minutes: () => 90,
    plot: ({ id }: Row) => `plot ${id}`,
    director: ({ id }: Row) => user(number(id) + 2),
  },
  User: {
    ...reference,
    favourite: ({ id }: Row) => media(number(id)),
    works: ({ id }: Row) => [media(number(id)), null, media(number(id) + 1)],
  },
}
const reviewsResolvers = {
  Query: {
    reviews: (_: unknown, { first }: { first: number }) => [...range(first, review), null],
    ping: () => 'reviews',
  },
  Review: {
    ...reference,
    body: ({ id }: Row) => `body ${id}`,
    stars: ({ id }: Row) => number(id) % 6,
    by: ({ id }: Row) => ({ ...user(number(id)), name: `User u${number(id) % 5}` }),
    about: ({ id }: Row) => ({ id: media(number(id)).id }),
    replies: ({ id }: Row) => (number(id) < 6 ? range(2, review, number(id) + 1) : null),
  },
  User: {
    ...reference,
    reviews: ({ id }: Row, { first }: { first: number }) => range(first, review, number(id)),
    address: ({ id }: Row) => ({ city: `city ${id}`, zip: `zip ${id}` }),
  },
  Media: {
    ...reference,
    rating: ({ id }: Row) => number(id) + 0.5,
    reviews: ({ id }: Row, { first }: { first: number }) => range(first, review, number(id)),
    must: ({ id }: Row) => (id === 'b2' ? null : 1),
  },
}
const stockResolvers = {
  Query: { ping: () => 'stock' },
  Book: {
    ...reference,
    name: ({ id }: Row) => `name ${id}`,
    shipping: ({ weight, price }: Row, { fast }: Row) =>
      price === null ? null : Number(weight) * Number(price) * (fast ? 2 : 1),
    volume: ({ dims }: Row) => (dims ? Number((dims as Row).w) * Number((dims as Row).h) : null),
    amount: ({ id }: Row) => number(id),
  },
  Film: { ...reference, amount: ({ id }: Row) => number(id), shipping: ({ weight }: Row) => Number(weight) },
  Review: {
    ...reference,
    likes: ({ id }: Row) => (id === 'r5' ? null : number(id)),
    reader: ({ id }: Row) => user(number(id) + 1),
  },
  User: {
    ...reference,
    cart: ({ id }: Row) => [{ id: `b${number(id) % 6}` }, { id: 'b0' }],
    score: ({ name }: Row) => String(name).length,
  },
}

function typeOf({ __typename }: Row): string {
  return String(__typename)
}

const subgraph = (name: string, typeDefs: string, resolvers: object): ShopSubgraph => ({
  name,
  typeDefs,
  schema: buildSubgraphSchema([{ typeDefs: parse(typeDefs), resolvers: resolvers as never }]),
})

export const shopSubgraphs: readonly ShopSubgraph[] = [
  subgraph('users', usersTypeDefs, usersResolvers),
  subgraph('media', mediaTypeDefs, mediaResolvers),
  subgraph('reviews', reviewsTypeDefs, reviewsResolvers),
  subgraph('stock', stockTypeDefs, stockResolvers),
]
