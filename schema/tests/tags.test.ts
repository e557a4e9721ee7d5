import { parse, print } from 'graphql'
import { describe, expect, it } from 'vitest'
import { tagProducts } from '../compose/tags.ts'

/** The tagged parts as text, without what was not said to begin with. */
function tagged(
  parts: readonly { domain: string; products: string[]; sdl: string }[],
  owners: Record<string, string> = {},
): string[] {
  const given = parts.map(({ sdl, ...part }) => ({ ...part, typeDefs: parse(sdl) }))
  return tagProducts(given, new Map(Object.entries(owners))).map(({ typeDefs }) =>
    print(typeDefs)
      .replaceAll('@tag(name: "a")', '@a')
      .replaceAll('@tag(name: "b")', '@b')
      .replaceAll(/\s+/g, ' '),
  )
}

describe('composition tags what a domain offers with its products', () => {
  it('on types whose fields all belong to the same, and on unions', () => {
    const sdl =
      'type Query { p: Post } type Post { id: ID! text: String } union Any = Post input I { x: Int } enum E { X }'
    expect(tagged([{ domain: 'posts', products: ['b', 'a'], sdl }])).toEqual([
      'type Query @a @b { p: Post } type Post @a @b { id: ID! text: String } union Any @a @b = Post input I { x: Int } enum E { X }',
    ])
  })

  it('on fields, where several domains add some', () => {
    expect(
      tagged([
        { domain: 'posts', products: ['a'], sdl: 'type Query { p: Int } type Shared { x: Int }' },
        { domain: 'users', products: ['b'], sdl: 'type Query { u: Int } type Shared { x: Int }' },
      ]),
    ).toEqual([
      'type Query { p: Int @a } type Shared @a @b { x: Int }',
      'type Query { u: Int @b } type Shared @a @b { x: Int }',
    ])
  })

  it('as far as these products have the entity that it adds to, and never by the key of a stub', () => {
    const user = 'type User @key(fields: "id") { id: ID! name: String }'
    const stub = 'type User @key(fields: "id") { id: ID! posts: Int }'
    const other = 'type User @key(fields: "id", resolvable: false) { id: ID! }'
    expect(
      tagged(
        [
          { domain: 'users', products: ['a'], sdl: user },
          { domain: 'posts', products: ['a', 'b'], sdl: stub },
          { domain: 'files', products: ['b'], sdl: other },
        ],
        { User: 'users' },
      ),
    ).toEqual([
      'type User @key(fields: "id") @a { id: ID! name: String }',
      'type User @key(fields: "id") @a { id: ID! posts: Int }',
      'type User @key(fields: "id", resolvable: false) { id: ID! }',
    ])
  })

  it('unless a field or a type says otherwise', () => {
    const sdl = 'type Query { p: Int q: Int @tag(name: "b") } type Post @tag(name: "b") { id: ID! }'
    expect(tagged([{ domain: 'posts', products: ['a'], sdl }])).toEqual([
      'type Query { p: Int @a q: Int @b } type Post @b { id: ID! }',
    ])
  })

  it('but not where its domain serves none, also beside one that does', () => {
    const posts = 'type Query { p: Int } type Shared { x: Int } type User @key(fields: "id") { id: ID! }'
    const operators =
      'type Query { o: Int } type Act { x: Int } union Any = Act type Shared { x: Int } type User @key(fields: "id") { id: ID! o: Int }'
    expect(
      tagged(
        [
          { domain: 'operators', products: [], sdl: operators },
          { domain: 'posts', products: ['a'], sdl: posts },
        ],
        { User: 'posts' },
      ),
    ).toEqual([
      'type Query { o: Int } type Act { x: Int } union Any = Act type Shared @a { x: Int } type User @key(fields: "id") { id: ID! o: Int }',
      'type Query { p: Int @a } type Shared @a { x: Int } type User @key(fields: "id") { id: ID! @a }',
    ])
  })

  it('but not what no client sees', () => {
    const sdl = 'type Query { p: Int q: Int @inaccessible } type Post @inaccessible { id: ID! }'
    expect(tagged([{ domain: 'posts', products: ['a'], sdl }])).toEqual([
      'type Query @a { p: Int q: Int @inaccessible } type Post @inaccessible { id: ID! }',
    ])
  })
})
