import { type SemanticsCase, subgraph } from './case.ts'

const accounts = subgraph(
  'accounts',
  `type Query { accounts: [Account!] }
   interface Account @key(fields: "id") { id: ID! name: String }
   type Person implements Account @key(fields: "id") { id: ID! name: String age: Int }
   type Company implements Account @key(fields: "id") { id: ID! name: String seat: String }`,
  {
    Query: { accounts: () => ['p1', 'c1'].map(accountOf) },
    Account: {
      __resolveReference: async ({ id }) => accountOf(String(id)),
      __resolveType: ({ __typename }) => __typename,
    },
    Person: { __resolveReference: async ({ id }) => accountOf(String(id)) },
    Company: { __resolveReference: async ({ id }) => accountOf(String(id)) },
  },
)
function accountOf(id: string) {
  if (id === 'x') return null
  return id.startsWith('p')
    ? { __typename: 'Person', id, name: `Person ${id}`, age: 40 }
    : { __typename: 'Company', id, name: `Company ${id}`, seat: 'Here' }
}
const invoices = subgraph(
  'invoices',
  `type Query { invoices: [Invoice!]! }
   type Invoice { number: Int! to: Account }
   type Account @key(fields: "id") @interfaceObject { id: ID! owes: Int!, name: String @external
     greeting: String @requires(fields: "name") }`,
  {
    Query: {
      invoices: () => [
        { number: 1, to: { id: 'c2' } },
        { number: 2, to: { id: 'p2' } },
        { number: 3, to: null },
      ],
    },
    Account: {
      __resolveReference: async ({ id, name }) => ({ id, name }),
      owes: ({ id }) => (id === 'c1' ? 1_000 : 1),
      greeting: ({ name }) => `Dear ${name}`,
    },
  },
)

export const interfaceObjects: readonly SemanticsCase[] = [
  {
    title: '@interfaceObject: one subgraph knows the interface and not its types',
    subgraphs: [accounts, invoices],
    asks: [
      {
        query: '{ accounts { name owes ... on Person { age } } }',
        data: {
          accounts: [
            { name: 'Person p1', owes: 1, age: 40 },
            { name: 'Company c1', owes: 1_000 },
          ],
        },
      },
      {
        query: '{ invoices { number to { __typename owes ... on Company { seat } } } }',
        data: {
          invoices: [
            { number: 1, to: { __typename: 'Company', owes: 1, seat: 'Here' } },
            { number: 2, to: { __typename: 'Person', owes: 1 } },
            { number: 3, to: null },
          ],
        },
      },
      {
        query: '{ invoices { to { greeting } } accounts { ... on Company { greeting } id } }',
        data: {
          invoices: [
            { to: { greeting: 'Dear Company c2' } },
            { to: { greeting: 'Dear Person p2' } },
            { to: null },
          ],
          accounts: [{ id: 'p1' }, { greeting: 'Dear Company c1', id: 'c1' }],
        },
      },
    ],
  },
]
