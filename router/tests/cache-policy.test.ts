import { getOperationAST, parse, validate } from 'graphql'
import { describe, expect, it } from 'vitest'
import { cachePolicyOf } from '../cache/policy.ts'
import type { SchemaState } from '../schema/schema-state.ts'
import { composeSdl } from './support/compose-sdl.ts'
import { loadSchemas } from './support/load-state.ts'

const sdl = /* GraphQL */ `
  type Query {
    plain: Int
    timed: Int @cacheControl(maxAge: 60)
    scopeOnly: Int @cacheControl(scope: PUBLIC)
    book: Book
    bestBook: Book @cacheControl(maxAge: 10)
    myBook: Book @cacheControl(maxAge: 100, scope: PRIVATE)
    shelf: Shelf @cacheControl(maxAge: 20)
    things: [Thing!]! @cacheControl(maxAge: 50)
    finds: [Find!]!
    protected: Int @cacheControl(maxAge: 60) @authenticated
    locked: Locked @cacheControl(maxAge: 60)
  }
  type Mutation { again: Query }
  type Subscription { ticks: Int @cacheControl(scope: PUBLIC) moods: Int mine: Int @authenticated @cacheControl(scope: PUBLIC) }
  type Book @cacheControl(maxAge: 30) {
    title: String
    price: Int @cacheControl(maxAge: 5)
    rating(by: String): Int @cacheControl(scope: PRIVATE)
    author: Author
    shelf: Shelf @cacheControl(inheritMaxAge: true)
  }
  type Author { name: String }
  type Shelf @cacheControl(inheritMaxAge: true) { label: String secret: Int @authenticated }
  interface Thing @cacheControl(maxAge: 40) { id: ID! }
  type Cup implements Thing { id: ID! @cacheControl(maxAge: 7) size: Int }
  type Letter implements Thing @cacheControl(scope: PRIVATE) { id: ID! }
  union Find @cacheControl(maxAge: 25) = Cup
  type Locked @authenticated { id: ID! }
`

async function loaded(): Promise<SchemaState> {
  return (await loadSchemas(composeSdl({ one: sdl }))).now()
}

const state = await loaded()

/** The policy of a valid document, as text. */
function policyOf(query: string, operationName?: string): string {
  const document = parse(query)
  expect(validate(state.schema, document)).toEqual([])
  const operation = getOperationAST(document, operationName)
  if (!operation) throw new Error('no operation')
  const { maxAgeSeconds, scope } = cachePolicyOf(state, { hash: query, document, operation, operationName })
  return `${maxAgeSeconds} ${scope}`
}

describe('how long an answer is good, and for whom', () => {
  it.each([
    ['a root field without a hint', '{ plain }', '0 PRIVATE'],
    ['a root field with an age', '{ timed }', '60 PUBLIC'],
    ['a scope is no age', '{ scopeOnly }', '0 PUBLIC'],
    ['the hint of the type that a field returns', '{ book { title } }', '30 PUBLIC'],
    ['the hint of the field before that of the type', '{ bestBook { title } }', '10 PUBLIC'],
    ['a longer one, too', '{ myBook { title } }', '100 PRIVATE'],
    ['the shortest of all', '{ timed book { title price } }', '5 PUBLIC'],
    ['one field without a hint', '{ timed plain }', '0 PRIVATE'],
    ['one private field', '{ book { title rating } }', '30 PRIVATE'],
    ['an object without a hint inside of one that has', '{ book { author { name } } }', '0 PRIVATE'],
    ['an object that is worth its parent', '{ book { shelf { label } } }', '30 PUBLIC'],
    ['such an object as root field has no parent', '{ shelf { label } }', '20 PUBLIC'],
    ['an alias', '{ a: timed b: bestBook { c: title } }', '10 PUBLIC'],
    ['nothing but its type', '{ __typename }', '0 PRIVATE'],
    ['its type besides', '{ timed __typename book { __typename } }', '30 PUBLIC'],
    ['introspection', '{ timed __schema { description } }', '0 PRIVATE'],
    [
      'a fragment',
      'query { ...F ... on Query { timed } } fragment F on Query { book { ...B } } fragment B on Book { price }',
      '5 PUBLIC',
    ],
    ['what may be skipped', 'query ($x: Boolean!) { timed plain @include(if: $x) }', '0 PRIVATE'],
    ['members of an interface', '{ things { __typename } }', '50 PRIVATE'],
    ['fields of members', '{ things { id } }', '7 PRIVATE'],
    ['members of a union', '{ finds { ... on Cup { size } } }', '25 PUBLIC'],
    ['what a field asks of the caller', '{ timed protected }', '60 PRIVATE'],
    ['what a field further down asks', '{ book { shelf { secret } } }', '30 PRIVATE'],
    ['what a type asks', '{ locked { id } }', '60 PRIVATE'],
    ['a stream that says so', 'subscription { ticks }', '0 PUBLIC'],
    ['a stream that does not', 'subscription { moods }', '0 PRIVATE'],
    ['a stream that says so to those with rights alone', 'subscription { mine }', '0 PRIVATE'],
  ])('goes by %s', (_, query, policy) => {
    expect(policyOf(query)).toBe(policy)
  })

  it('treats the same fragment as what it is at each place', () => {
    const query = 'mutation { again { ...F } } fragment F on Query { plain timed }'
    expect(policyOf(query)).toBe('0 PRIVATE')
    const both = 'query A { timed } query B { plain }'
    expect([policyOf(both, 'A'), policyOf(both, 'B')]).toEqual(['60 PUBLIC', '0 PRIVATE'])
  })

  it('is worked out once per operation, however deep its fragments', () => {
    const levels = Array.from(
      { length: 40 },
      (_, i) => `fragment F${i} on Query { ...F${i + 1} ...F${i + 1} }`,
    )
    const query = `{ ...F0 } ${levels.join(' ')} fragment F40 on Query { timed }`
    expect(policyOf(query)).toBe('60 PUBLIC')
    expect(state.cachePolicies.get(`${query}\n`)).toEqual({ maxAgeSeconds: 60, scope: 'PUBLIC' })
  })

  it('is nothing where the supergraph says nothing', async () => {
    const { now } = await loadSchemas(composeSdl({ one: 'type Query { a: Int }' }))
    const document = parse('{ a }')
    const operation = getOperationAST(document)
    if (!operation) throw new Error('no operation')
    expect(cachePolicyOf(now(), { hash: 'h', document, operation, operationName: undefined })).toEqual({
      maxAgeSeconds: 0,
      scope: 'PRIVATE',
    })
  })
})
