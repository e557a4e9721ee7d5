import { Supergraph } from '@apollo/federation-internals'
import { type GraphQLSchema, lexicographicSortSchema, printSchema, validateSchema } from 'graphql'
import { describe, expect, it } from 'vitest'
import { contractSchema } from '../schema/contract-schema.ts'
import { readTags } from '../schema/tags.ts'
import { composeSdl } from './support/compose-sdl.ts'

/** What tag `in` includes of an SDL. */
function contractOf(sdl: string, tag = 'in'): GraphQLSchema | null {
  const supergraph = Supergraph.build(composeSdl({ one: sdl }), { validateSupergraph: false })
  const tags = readTags(supergraph.schema.toGraphQLJSSchema())
  return contractSchema(supergraph.apiSchema().toGraphQLJSSchema(), tags, tag)
}

/** The same as text; fails when it is not a valid schema. */
function textOf(sdl: string): string {
  const contract = contractOf(sdl)
  if (!contract) throw new Error('nothing is left')
  expect(validateSchema(contract)).toEqual([])
  return printSchema(lexicographicSortSchema(contract)).replaceAll(/\s+/g, ' ')
}

describe('a contract', () => {
  it('has the fields that are tagged, or whose type is', () => {
    expect(
      textOf(`
        type Query { a: A @tag(name: "in") b: B @tag(name: "in") @tag(name: "out") c: Int @tag(name: "out") d: Int }
        type A { x: Int @tag(name: "in") y: Int }
        type B @tag(name: "in") { x: Int y: Int @tag(name: "out") }`),
    ).toBe('type A { x: Int } type B { x: Int y: Int } type Query { a: A b: B }')
  })

  it('loses what is left empty, and what led there, as far as that goes', () => {
    expect(
      textOf(`
        type Query { a: A @tag(name: "in") x: Int @tag(name: "in") u: U @tag(name: "in") w: W @tag(name: "in") }
        type Mutation { m: Int }
        type A { b: B! @tag(name: "in") }
        type B { c: [C!]! @tag(name: "in") }
        type C { x: Int }
        union U @tag(name: "in") = C
        union W @tag(name: "in") = C | D
        type D { x: Int @tag(name: "in") }`),
    ).toBe('type D { x: Int } type Query { w: W x: Int } union W = D')
  })

  it('keeps arguments with their inputs whole, and forgets what nothing leads to', () => {
    expect(
      textOf(`
        type Query { a(by: By!, day: Day): Mood @tag(name: "in") b(lost: Lost): Int }
        input By { text: String!, more: More = {} } input More { deep: By } input Lost { x: Int }
        scalar Day enum Mood { GOOD BAD } type Alone @tag(name: "in") { x: Int }`),
    ).toBe(
      'input By { more: More = {} text: String! } scalar Day enum Mood { BAD GOOD } input More { deep: By } ' +
        'type Query { a(by: By!, day: Day): Mood }',
    )
  })

  it('shows an interface with the members that are left, and membership only of those that keep its fields', () => {
    expect(
      textOf(`
        type Query { node: Node @tag(name: "in") b: B @tag(name: "in") }
        interface Node @tag(name: "in") { id: ID! }
        type A implements Node @tag(name: "in") { id: ID! }
        type B implements Node { id: ID! x: Int @tag(name: "in") }
        type C implements Node { id: ID! x: Int }
        type D implements Node { id: ID! x: Int @tag(name: "in") }`),
    ).toBe(
      'type A implements Node { id: ID! } type B { x: Int } interface Node { id: ID! } type Query { b: B node: Node }',
    )
  })

  it('is none without a query', () => {
    expect(contractOf('type Query { a: Int } type Mutation { m: Int @tag(name: "in") }')).toBeNull()
    expect(contractOf('type Query { a: Int @tag(name: "in") }', 'other')).toBeNull()
  })

  it('goes by the name that a supergraph gives the directive', () => {
    const sdl = composeSdl({ one: 'type Query { a: Int @tag(name: "in") b: Int }' })
    const renamed = sdl
      .replaceAll('@tag(', '@label(')
      .replace(/("https:\/\/specs\.apollo\.dev\/tag\/v[0-9.]+")/, '$1, as: "label"')
    const { schema } = Supergraph.build(renamed, { validateSupergraph: false })
    expect([...readTags(schema.toGraphQLJSSchema()).entries()]).toEqual([['Query.a', new Set(['in'])]])
  })
})
