import { pgSchema } from 'drizzle-orm/pg-core'
import { describe, expect, it } from 'vitest'
import { type Contract, defineContract, defineEvent } from '../contract.ts'
import { houseProblems } from '../conventions.ts'
import { reactTo } from '../events/envelope.ts'
import { boxMade } from './support/toy.ts'
import { declareToy, folderWith, toyContract, toyResolvers } from './support/toy-subgraph.ts'

const reaction = reactTo(boxMade, { apply: async () => {} })
const box = 'type Box implements Node @key(fields: "id") { id: ID! }'

describe('a domain is refused when', () => {
  const declare = (sdl: string, resolvers: object = {}) => declareToy({ sdl, resolvers })
  it.each<[string, () => unknown, string]>([
    [
      'a root field has no door',
      () => declare('type Query { a: Int @public b: Int } type Mutation { c: Int }'),
      'Query.b has no access directive: add @public, @authenticated, @requiresScopes or @internal\n- Mutation.c has no access',
    ],
    [
      'an extended root has none either',
      () => declare('type Query { a: Int @public } extend type Query { b: Int }'),
      'Query.b has no access directive',
    ],
    [
      'an entity cannot be resolved',
      () => declare(`type Query { a: Int @public } ${box}`),
      'Box is an entity without __resolveReference: add it to resolvers/Box',
    ],
    [
      'an extended entity cannot be resolved',
      () => declare('type Query { a: Int @public } extend type Box @key(fields: "id") { id: ID! }'),
      'Box is an entity without __resolveReference',
    ],
    [
      'an entity has another key',
      () =>
        declare(
          'type Query { a: Int @public } type Box @key(fields: "id") @key(fields: "label") { id: ID! label: ID! }',
          { Box: toyResolvers.Box },
        ),
      'Box has the key "label": use @key(fields: "id")',
    ],
    [
      'the folder has another name',
      () => declareToy({ folder: folderWith('type Query { a: Int @public }', 'other'), resolvers: {} }),
      'the folder is called other, the contract says toy: use one name',
    ],
    [
      'the tables are elsewhere',
      () => declareToy({ schema: pgSchema('other') }),
      "tables live in schema other: use pgSchema('toy')",
    ],
    [
      'an event has another name',
      () =>
        declareToy({
          contract: { ...toyContract, events: [{ ...boxMade, name: 'other.box.made' }] } as Contract,
        }),
      'event other.box.made: name it toy.<entity>.<past tense>',
    ],
    [
      'two reactions hear one event',
      () => declareToy({ reactions: [reaction, reaction] }),
      'toy.box.made has two reactions: make them one',
    ],
  ])('%s', (_what, work, message) => {
    expect(work).toThrow(message)
    expect(work).toThrow(/^subgraphs\/toy breaks conventions:\n- /)
  })

  it('not when it only refers to the entity of another', () => {
    const sdl = 'type Query { a: Box @public } type Box @key(fields: "id", resolvable: false) { id: ID! }'
    expect(declareToy({ sdl, resolvers: {} }).domain).toBe('toy')
  })
})

describe('a house is refused when', () => {
  const other = defineContract({
    domain: 'other',
    products: ['projects'],
    ids: { box: 'Crate' },
    permissions: {},
    events: [],
    codes: {},
  })
  const foreign = defineEvent({
    ...boxMade,
    name: 'other.crate.made',
    payload: boxMade.payload,
    aggregate: () => '',
  })
  const withFields = (fields: string) => declareToy({ sdl: `type Query { ${fields} }`, resolvers: {} })

  it('two contracts share a prefix, also when one runs elsewhere', () => {
    expect(houseProblems([declareToy()], [other as Contract])).toEqual([
      'id prefix box is claimed by toy and other: change one',
    ])
  })

  it('no contract has a scope, an emitted event or one that is reacted to', () => {
    expect(
      houseProblems([withFields('a: Int @requiresScopes(scopes: [["toy:write"], ["toy:read", "x"]])')]),
    ).toEqual([
      'Query.a requires toy:read, which no contract declares',
      'Query.a requires x, which no contract declares',
    ])
    expect(
      houseProblems([withFields('a: Int @public @emits(events: ["toy.box.made", "toy.box.lost"])')]),
    ).toEqual(['Query.a emits toy.box.lost, which no contract declares'])
    const listener = declareToy({ reactions: [{ ...reaction, event: foreign }] })
    expect(houseProblems([listener])).toEqual(['toy reacts to other.crate.made, which no contract declares'])
    const publisher = { ...other, ids: {}, events: [foreign] } as Contract
    expect(houseProblems([listener], [publisher])).toEqual([])
  })

  it('not when all is well', () => {
    expect(houseProblems([declareToy()], [toyContract as Contract])).toEqual([])
  })
})
