import { stockOf, times } from '../data.ts'
import { type BenchSubgraph, link } from '../subgraph.ts'

/** What is in store, and what it costs to send. */
export const inventory: BenchSubgraph = {
  name: 'inventory',
  typeDefs: /* GraphQL */ `${link}
    type Query { warehouses: [Warehouse!]! fullest: Warehouse }
    type Product @key(fields: "upc") {
      upc: ID!
      price: Int @external
      weight: Int @external
      inStock: Boolean
      shippingEstimate: Int @requires(fields: "price weight")
      "Unknown for heavy products although it is promised."
      parcels: Int! @requires(fields: "weight")
      warehouse: Warehouse
    }
    type Warehouse { city: String! keeper: User shelves: [[Product]!] extent: Size }
    type Size @shareable { width: Int! height: Int }
    type User @key(fields: "id") { id: ID! warehouse: Warehouse }
    type Film @key(fields: "id") { id: ID! copies: Int! }
  `,
  resolvers: {
    Query: {
      warehouses: () => times(3).map(warehouseOf),
      fullest: () => warehouseOf(4),
    },
    Product: {
      __resolveReference: async ({ upc, price, weight }) => {
        const stock = stockOf(upc)
        return stock && { ...stock, price, weight }
      },
      inStock: ({ n }) => Number(n) % 2 === 0,
      // Expensive products are sent for nothing.
      shippingEstimate: ({ price, weight }) =>
        price == null ? null : Number(price) > 1_000 ? 0 : Math.round(Number(weight) / 2),
      parcels: ({ weight }) => (Number(weight) > 900 ? null : 1 + Math.floor(Number(weight) / 100)),
      warehouse: ({ n }) => (Number(n) % 16 === 0 ? null : warehouseOf(Number(n) % 5)),
    },
    User: {
      __resolveReference: async ({ id }) => ({ __typename: 'User', id }),
      warehouse: ({ id }) => (id === 'u2' ? warehouseOf(2) : null),
    },
    Film: {
      __resolveReference: async ({ id }) => {
        // One bad reference must not cost the others their answer.
        if (id === 'm8') throw new Error('the film is lost')
        return { __typename: 'Film', id, copies: String(id).length }
      },
    },
  },
}

const warehouseOf = (n: number) => ({
  city: `City ${n}`,
  keeper: { __typename: 'User', id: `u${n + 11}` },
  shelves: n === 1 ? null : [[stockOf(`p${n + 2}`), null], [stockOf('p17')], []],
  extent: { width: n, height: n === 2 ? null : 2 },
})
