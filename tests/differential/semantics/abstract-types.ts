import { type SemanticsCase, subgraph } from './case.ts'

const typed = { __resolveType: ({ __typename }: Readonly<Record<string, unknown>>) => __typename }
const library = subgraph(
  'library',
  `type Query { media: [Media] shelf: [Shelved!]! }
   interface Media { id: ID! title: String }
   type Book implements Media @key(fields: "id") { id: ID! title: String }
   type Film implements Media @key(fields: "id") { id: ID! title: String }
   union Shelved = Book | Box
   type Box { size: Size! }
   enum Size { SMALL LARGE @inaccessible }
   extend type Book { secret: String @inaccessible }`,
  {
    Query: {
      media: () => [
        { __typename: 'Film', id: 'f1', title: 'Film 1' },
        null,
        { __typename: 'Book', id: 'b1', title: 'Book 1' },
        { __typename: 'Film', id: 'f2', title: 'Film 2' },
      ],
      shelf: () => [
        { __typename: 'Box', size: 'SMALL' },
        { __typename: 'Book', id: 'b2', title: 'Book 2' },
      ],
    },
    Media: typed,
    Shelved: typed,
    Book: { __resolveReference: async ({ id }) => ({ __typename: 'Book', id, title: `Title of ${id}` }) },
    Film: { __resolveReference: async ({ id }) => ({ __typename: 'Film', id, title: `Title of ${id}` }) },
  },
)
const ratings = subgraph(
  'ratings',
  `type Query { best: Shelved }
   interface Media { id: ID! stars: Int }
   type Book implements Media @key(fields: "id") { id: ID! stars: Int }
   type Film implements Media @key(fields: "id") { id: ID! stars: Int similar: [Media!] }
   union Shelved = Book | Film`,
  {
    Query: { best: () => ({ __typename: 'Film', id: 'f9' }) },
    Media: typed,
    Shelved: typed,
    Book: { __resolveReference: async ({ id }) => ({ __typename: 'Book', id }), stars: () => 3 },
    Film: {
      __resolveReference: async ({ id }) => {
        if (id === 'f2') throw new Error('the film is burnt')
        return { __typename: 'Film', id }
      },
      stars: () => 5,
      similar: () => [{ __typename: 'Book', id: 'b7' }],
    },
  },
)

export const abstractTypes: readonly SemanticsCase[] = [
  {
    title: 'interfaces and unions whose members are spread over subgraphs',
    subgraphs: [library, ratings],
    asks: [
      {
        query: '{ media { __typename title ... on Book { stars } ... on Film { kind: __typename } } }',
        data: {
          media: [
            { __typename: 'Film', title: 'Film 1', kind: 'Film' },
            null,
            { __typename: 'Book', title: 'Book 1', stars: 3 },
            { __typename: 'Film', title: 'Film 2', kind: 'Film' },
          ],
        },
      },
      {
        query: '{ best { __typename ... on Film { similar { title stars __typename } } } }',
        data: {
          best: { __typename: 'Film', similar: [{ title: 'Title of b7', stars: 3, __typename: 'Book' }] },
        },
      },
      {
        query:
          '{ best { ... on Film { title similar { id ... on Book { title } } } } media { ... on Book { stars } } }',
        data: {
          best: { title: 'Title of f9', similar: [{ id: 'b7', title: 'Title of b7' }] },
          media: [{}, null, { stars: 3 }, {}],
        },
      },
      {
        query: '{ shelf { ... on Box { size } ... on Book { id stars } __typename } }',
        data: {
          shelf: [
            { size: 'SMALL', __typename: 'Box' },
            { id: 'b2', stars: 3, __typename: 'Book' },
          ],
        },
      },
      {
        query: '{ shelf { ... on Media { title stars } ... on Shelved { __typename } } }',
        data: { shelf: [{ __typename: 'Box' }, { title: 'Book 2', stars: 3, __typename: 'Book' }] },
      },
    ],
  },
  {
    title: 'what is @inaccessible cannot be asked for',
    subgraphs: [library, ratings],
    asks: [{ query: '{ media { ... on Book { secret } } }', data: undefined, errors: [[]] }],
  },
]
