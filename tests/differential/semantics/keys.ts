import { type SemanticsCase, subgraph } from './case.ts'

const shop = subgraph(
  'shop',
  `type Query { items: [Item] offers: [Offer!]! }
   type Item @key(fields: "id") { id: ID! }
   type Offer { item: Item }`,
  {
    Query: {
      items: () => [{ id: '1' }, null, { id: 'gone' }, { id: '2' }, { id: '1' }],
      offers: () => [{ item: { id: '2' } }, { item: null }],
    },
    Item: { __resolveReference: ({ id }) => ({ id }) },
  },
)
const codes = subgraph('codes', `type Item @key(fields: "id") @key(fields: "sku") { id: ID! sku: String }`, {
  Item: {
    __resolveReference: async ({ id, sku }) => {
      if (id === 'gone') return null
      return id ? { id, sku: id === '2' ? null : `sku-${id}` } : { id: String(sku).slice(4), sku }
    },
  },
})
const stock = subgraph('stock', `type Item @key(fields: "sku") { sku: String amount: Int }`, {
  Item: { __resolveReference: async ({ sku }) => ({ sku, amount: String(sku).length }) },
})
const houses = subgraph(
  'houses',
  `type Query { rooms: [Room!] }
   type Room @key(fields: "number house { id }") { number: Int! house: House! }
   type House @key(fields: "id") { id: ID! }`,
  {
    Query: {
      rooms: () => [
        { number: 1, house: { id: 'h' } },
        { number: 2, house: { id: 'h' } },
      ],
    },
  },
)
const keysOfRooms = subgraph(
  'bookings',
  `type Room @key(fields: "number house { id }") { number: Int! house: House! bookedBy: String }
   type House @key(fields: "id") { id: ID! street: String }`,
  {
    Room: {
      __resolveReference: (reference) => ({
        ...reference,
        bookedBy: `${(reference.house as { id: string }).id}${reference.number}`,
      }),
    },
    House: { __resolveReference: ({ id }) => ({ id }), street: ({ id }) => `Street of ${id}` },
  },
)

export const keys: readonly SemanticsCase[] = [
  {
    title: 'keys: from one to another, null, missing, and the same entity twice',
    subgraphs: [shop, codes, stock],
    asks: [
      {
        query: '{ items { id sku amount } offers { item { amount sku } } }',
        data: {
          items: [
            { id: '1', sku: 'sku-1', amount: 5 },
            null,
            { id: 'gone', sku: null, amount: null },
            { id: '2', sku: null, amount: 4 },
            { id: '1', sku: 'sku-1', amount: 5 },
          ],
          offers: [{ item: { amount: 4, sku: null } }, { item: null }],
        },
      },
    ],
  },
  {
    title: 'keys made of objects',
    subgraphs: [houses, keysOfRooms],
    asks: [
      {
        query: '{ rooms { bookedBy house { street } } }',
        data: {
          rooms: [
            { bookedBy: 'h1', house: { street: 'Street of h' } },
            { bookedBy: 'h2', house: { street: 'Street of h' } },
          ],
        },
      },
    ],
  },
]
