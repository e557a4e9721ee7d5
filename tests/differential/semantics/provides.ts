import { type SemanticsCase, subgraph } from './case.ts'

const people = subgraph(
  'people',
  `type Query { person(id: ID!): Person }
   type Person @key(fields: "id") { id: ID! name: String @shareable email: String }`,
  {
    Query: { person: (_, { id }) => ({ id, name: `people say ${id}`, email: `${id}@example.org` }) },
    Person: {
      __resolveReference: ({ id }) => ({ id, name: `people say ${id}`, email: `${id}@example.org` }),
    },
  },
)
const posts = subgraph(
  'posts',
  `type Query { posts: [Post!] feed: [Item!] @provides(fields: "... on Post { by { name } } ... on Talk { title }") }
   union Item = Post | Talk
   type Post { title: String by: Person @provides(fields: "name") last: Person }
   type Talk @key(fields: "id") { id: ID! title: String @external }
   type Person @key(fields: "id") { id: ID! name: String @external }`,
  {
    Query: {
      posts: () => [{ title: 'one', by: { id: 'p', name: 'posts say p' }, last: { id: 'p' } }],
      feed: () => [
        { __typename: 'Post', title: 'two', by: { id: 'q', name: 'posts say q' } },
        { __typename: 'Talk', id: 't', title: 'posts say t' },
      ],
    },
  },
)
const talks = subgraph(
  'talks',
  `type Talk @key(fields: "id") { id: ID! title: String @shareable room: Int }`,
  { Talk: { __resolveReference: ({ id }) => ({ id, title: `talks say ${id}`, room: 7 }) } },
)

export const provides: readonly SemanticsCase[] = [
  {
    title: '@provides: taken from where it is at hand, and only there',
    subgraphs: [people, posts, talks],
    asks: [
      {
        query: '{ posts { by { name } last { name } } }',
        data: { posts: [{ by: { name: 'posts say p' }, last: { name: 'people say p' } }] },
      },
      {
        query: '{ posts { by { name email } } }',
        data: { posts: [{ by: { name: 'posts say p', email: 'p@example.org' } }] },
      },
      {
        query: '{ feed { __typename ... on Post { by { name } } ... on Talk { title room } } }',
        data: {
          feed: [
            { __typename: 'Post', by: { name: 'posts say q' } },
            { __typename: 'Talk', title: 'posts say t', room: 7 },
          ],
        },
      },
    ],
  },
]
