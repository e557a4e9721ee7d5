import { numberOf, publicationOf, reviewIds, reviewOf, reviewsAround, times, upTo } from '../data.ts'
import { type BenchSubgraph, later, link, type TypeResolvers } from '../subgraph.ts'

const bookOrFilm: TypeResolvers = {
  __resolveReference: async ({ __typename, id }) => ({ __typename, id }),
  reviews: ({ id }, { first }) => (numberOf(id) % 15 === 0 ? null : reviewsAround(numberOf(id), first)),
}

/** Opinions on products and publications. */
export const reviews: BenchSubgraph = {
  name: 'reviews',
  typeDefs: /* GraphQL */ `${link}
    type Query {
      review(id: ID!): Review
      latestReviews(first: Int = ${reviewIds}): [Review]
    }
    type Review @key(fields: "id") {
      id: ID!
      body: String
      stars: Int!
      author: User @provides(fields: "username")
      product: Product
      subject: Subject
    }
    union Subject = Product | Book | Film
    type User @key(fields: "id") {
      id: ID!
      username: String @external
      reviews(first: Int = 2): [Review]
      numberOfReviews: Int!
      "Fails for every ninth although it is promised."
      rank: Int!
    }
    type Product @key(fields: "upc") {
      upc: ID!
      reviews(first: Int = 2): [Review]
      verdict: Verdict!
    }
    type Verdict { stars: Float! best: Review worst: Review! }
    interface Publication { id: ID! reviews(first: Int = 2): [Review!] }
    type Book implements Publication @key(fields: "id") { id: ID! reviews(first: Int = 2): [Review!] }
    type Film implements Publication @key(fields: "id") { id: ID! reviews(first: Int = 2): [Review!] isBlockbuster: Boolean! }
  `,
  resolvers: {
    Query: {
      review: (_, { id }) => (Number.isInteger(numberOf(id)) ? reviewOf(id) : null),
      latestReviews: (_, { first }) =>
        times(upTo(first)).map((at) => (at === 5 ? null : reviewOf(`r${at + 1}`))),
    },
    Review: {
      __resolveReference: async ({ id }) => reviewOf(id),
      stars: ({ n }) => (Number(n) % 23 === 0 ? null : Number(n) % 6),
      author: ({ n }) => authorOf(Number(n)),
      product: ({ n }) => ({
        __typename: 'Product',
        upc: `p${((Number(n) * 2) % 9) + 1 + (Number(n) > 100 ? Number(n) % 50 : 0)}`,
      }),
      subject: ({ n }) => subjectOf(Number(n)),
    },
    User: {
      __resolveReference: async ({ id }) => ({ __typename: 'User', id }),
      reviews: ({ id }, { first }) => reviewsAround(numberOf(id), first),
      numberOfReviews: ({ id }) => numberOf(id) % 4,
      rank: ({ id }) =>
        later(() => {
          if (numberOf(id) % 9 === 0) throw new Error('unranked')
          return numberOf(id) + 1
        }),
    },
    Product: {
      __resolveReference: async ({ upc }) => ({ __typename: 'Product', upc }),
      reviews: ({ upc }, { first }) => reviewsAround(numberOf(upc), first),
      verdict: ({ upc }) => verdictOf(numberOf(upc)),
    },
    Publication: { __resolveType: ({ __typename }) => __typename },
    Book: bookOrFilm,
    Film: { ...bookOrFilm, isBlockbuster: ({ id }) => (numberOf(id) % 12 === 0 ? null : true) },
  },
}

function authorOf(n: number) {
  const user = n <= reviewIds ? (n % 6) + 1 : n % 40
  // The accounts do not know everybody: nor do the names that are provided on the way.
  return { __typename: 'User', id: `u${user}`, username: user % 13 === 0 ? null : `user-${user}` }
}

const subjectOf = (n: number): unknown =>
  n % 3 === 0 ? { __typename: 'Product', upc: `p${n}` } : n % 7 === 0 ? null : publicationOf(`m${n}`)

const verdictOf = (n: number): unknown =>
  n % 10 === 0
    ? new Error('the jury is out')
    : { stars: n / 2, best: null, worst: n % 6 === 5 ? null : reviewOf(`r${n}`) }
