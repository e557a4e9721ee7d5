import { accountOf, times, upTo, userIds } from '../data.ts'
import { type BenchSubgraph, later, link } from '../subgraph.ts'

/** People. */
export const accounts: BenchSubgraph = {
  name: 'accounts',
  typeDefs: /* GraphQL */ `${link}
    type Query {
      me: User
      user(id: ID!): User
      users(first: Int = ${userIds}): [User!]
      people(ids: [ID!]!): [User]!
      "Fails: there is nobody of this kind."
      nobody: User!
      failing: User
    }
    type User @key(fields: "id") {
      id: ID!
      name: String!
      username: String @shareable
      birthday: Int
      "Withheld from every fifth."
      email: String
      "Missing for every seventh although it is promised."
      card: Card!
      contacts(kind: ContactKind = HOME, filter: ContactFilter): [Contact]
      greeting(of: String! = "hello", times: Int): String!
      mentor: User
    }
    type Card { number: String! limits: [[Int!]]! owner: User! }
    interface Contact { label: String! }
    type Phone implements Contact { label: String! digits: String! }
    type Mailbox implements Contact { label: String! address: String, isVerified: Boolean! }
    enum ContactKind { HOME WORK }
    input ContactFilter { label: String = "main", only: [ContactKind!], limit: Int, not: ContactFilter }
  `,
  resolvers: {
    Query: {
      me: () => accountOf('u1'),
      user: (_, { id }) => accountOf(id),
      users: (_, { first }) => times(upTo(first)).map((at) => accountOf(`u${at + 1}`)),
      people: (_, { ids }) => later(() => (ids as unknown[]).map(accountOf)),
      nobody: () => null,
      failing: () => later(() => fail('nobody can be found')),
    },
    User: {
      __resolveReference: async ({ id }) => accountOf(id),
      email: ({ n, username }) => (multiple(n, 5) ? fail('withheld') : `${username}@example.org`),
      card: (user) =>
        multiple(user.n, 7) ? null : { number: `4000-${user.n}`, limits: [[1, 2], null, []], owner: user },
      contacts: ({ n }, { kind, filter }) =>
        contactsOf(Number(n), String(kind), filter as Filter | null | undefined),
      greeting: ({ name }, { of, times: count }) =>
        later(() => (count === null ? fail('how often?') : `${of}, ${name}`.repeat(Number(count ?? 1)))),
      mentor: ({ n }) => (multiple(n, 3) ? null : accountOf(`u${Number(n) * 2}`)),
    },
  },
}

interface Filter {
  label?: string | null
  only?: string[] | null
  limit?: number | null
  not?: Filter | null
}

function contactsOf(n: number, kind: string, filter: Filter | null | undefined): unknown {
  if (filter?.only && !filter.only.includes(kind)) return []
  if (n % 11 === 0) return null
  const label = `${kind}:${filter?.label ?? 'any'}:${filter?.not ? `not ${filter.not.label}` : 'all'}`
  return [
    { __typename: 'Phone', label, digits: String(n) },
    n % 4 === 0 ? new Error('the mailbox is gone') : null,
    {
      __typename: 'Mailbox',
      label,
      address: n % 2 ? null : `${n}@example.org`,
      isVerified: n % 6 === 0 ? null : true,
    },
  ].slice(0, filter?.limit ?? 3)
}

const multiple = (n: unknown, of: number): boolean => Number(n) % of === 0

function fail(message: string): never {
  throw new Error(message)
}
