import { type SemanticsCase, subgraph } from './case.ts'

const size = { __typename: 'Size', width: 3, height: 4 }
const parcels = subgraph(
  'parcels',
  `type Query { parcels: [Parcel] }
   type Parcel @key(fields: "id") { id: ID! weight: Int size: Size label(upper: Boolean = false): String content: [Thing] }
   type Size { width: Int! height: Int! }
   union Thing = Book | Vase
   type Book { pages: Int! } type Vase { walls: Int! }`,
  {
    Query: { parcels: () => ['a', 'b', 'lost'].map((id) => ({ id })) },
    Parcel: {
      __resolveReference: ({ id }) => ({ id }),
      weight: ({ id }) => (id === 'b' ? null : 7),
      size: () => size,
      label: ({ id }, { upper }) => (upper ? String(id).toUpperCase() : id),
      content: () => [
        { __typename: 'Book', pages: 100 },
        { __typename: 'Vase', walls: 2 },
      ],
    },
  },
)
const prices = subgraph(
  'prices',
  `type Parcel @key(fields: "id") {
     id: ID!
     weight: Int @external
     size: Size @external
     price: Int @requires(fields: "weight")
     surface: Int @requires(fields: "size { width height }")
   }
   type Size @external { width: Int! height: Int! }`,
  {
    Parcel: {
      __resolveReference: async (reference) => (reference.id === 'lost' ? null : reference),
      price: ({ weight }) => (weight === null ? null : Number(weight) * 10),
      surface: ({ size: of }) => (of as typeof size).width * (of as typeof size).height,
    },
  },
)
const taxes = subgraph(
  'taxes',
  `type Parcel @key(fields: "id") { id: ID! price: Int @external tax: Int @requires(fields: "price") }`,
  {
    Parcel: {
      __resolveReference: (reference) => reference,
      tax: ({ price }) => (price == null ? null : Number(price) / 5),
    },
  },
)
const insurance = subgraph(
  'insurance',
  `type Parcel @key(fields: "id") {
     id: ID!
     content: [Thing] @external
     fragility: Int @requires(fields: "content { ... on Book { pages } ... on Vase { walls } }")
   }
   union Thing = Book | Vase
   type Book @external { pages: Int! } type Vase @external { walls: Int! }`,
  {
    Parcel: {
      __resolveReference: (reference) => reference,
      fragility: ({ content }) =>
        (content as { pages?: number; walls?: number }[]).reduce(
          (sum, { pages = 0, walls = 0 }) => sum + pages + walls,
          0,
        ),
    },
  },
)

export const requires: readonly SemanticsCase[] = [
  {
    title: '@requires: what is required is fetched and not shown',
    subgraphs: [parcels, prices],
    asks: [
      {
        query: '{ parcels { price } }',
        data: { parcels: [{ price: 70 }, { price: null }, { price: null }] },
      },
      {
        query: '{ parcels { surface size { width } } }',
        data: {
          parcels: [
            { surface: 12, size: { width: 3 } },
            { surface: 12, size: { width: 3 } },
            { surface: null, size: { width: 3 } },
          ],
        },
      },
    ],
  },
  {
    title: '@requires of what requires',
    subgraphs: [parcels, prices, taxes],
    asks: [
      {
        query: '{ parcels { tax } }',
        data: { parcels: [{ tax: 14 }, { tax: null }, { tax: null }] },
      },
      {
        query: 'query ($yes: Boolean!) { parcels { id ... @include(if: $yes) { tax price } } }',
        variables: { yes: true },
        data: {
          parcels: [
            { id: 'a', tax: 14, price: 70 },
            { id: 'b', tax: null, price: null },
            { id: 'lost', tax: null, price: null },
          ],
        },
      },
      {
        query: 'query ($yes: Boolean!) { parcels { id ... @include(if: $yes) { tax price } } }',
        variables: { yes: false },
        data: { parcels: [{ id: 'a' }, { id: 'b' }, { id: 'lost' }] },
      },
    ],
  },
  {
    title: '@requires with fragments on the members of a union',
    subgraphs: [parcels, insurance],
    asks: [
      {
        query: '{ parcels { fragility content { ... on Book { pages } } } }',
        data: {
          parcels: ['a', 'b', 'lost'].map(() => ({ fragility: 102, content: [{ pages: 100 }, {}] })),
        },
      },
    ],
  },
]
