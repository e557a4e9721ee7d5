import { parse, print } from 'graphql'
import { expect, it } from 'vitest'
import { describeTypes } from '../compose/describe.ts'

it('leaves an entity to its owner, inherits from interfaces, and describes the roots', () => {
  const typeDefs = parse(`
    interface Node { "Unique." id: ID! }
    type Query { "One." post: Post }
    "A post." type Post implements Node { id: ID! "Who wrote it." author: User }
    "A person, as posts know them." type User implements Node { id: ID! "Their posts." posts: [Post!] }`)
  const owners = new Map([
    ['Post', 'posts'],
    ['User', 'users'],
  ])
  const [node, query, post, user] = describeTypes(typeDefs, 'posts', owners).definitions.map(print)
  expect(node).toBe('interface Node {\n  "Unique."\n  id: ID!\n}')
  expect(query).toMatch(/^"""Everything that can be asked."""\ntype Query/)
  expect(post).toBe(
    '"A post."\ntype Post implements Node {\n  "Unique."\n  id: ID!\n  "Who wrote it."\n  author: User\n}',
  )
  expect(user).toBe(
    'type User implements Node {\n  "Unique."\n  id: ID!\n  "Their posts."\n  posts: [Post!]\n}',
  )
})
