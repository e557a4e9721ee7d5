import { buildSubgraphSchema } from '@apollo/subgraph'
import { parse } from 'graphql'
import { describe, expect, it } from 'vitest'
import { federationProblems } from '../federation-problems.ts'
import { declareToy, toyResolvers } from './support/toy-subgraph.ts'

const link = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@external",
  "@requires", "@interfaceObject", "@context", "@fromContext"])`
const problemsOf = (sdl: string) =>
  federationProblems(buildSubgraphSchema([{ typeDefs: parse(`${link}\n${sdl}`) }]))
const box = (fields: string, directives = '@key(fields: "id")') =>
  `type Query { box: Box } type Box ${directives} { id: ID! weight: Int @external price(currency: String): Int @external ${fields} }`

describe('what the router would silently get wrong', () => {
  it.each([
    [
      'several keys of one entity',
      box('label: ID!', '@key(fields: "id") @key(fields: "label")'),
      ['Box has 2 keys: entities are found by their id alone'],
    ],
    [
      'a second key that only others resolve',
      `${box('label: ID!')} extend type Box @key(fields: "label", resolvable: false)`,
      ['Box has 2 keys: entities are found by their id alone'],
    ],
    [
      'arguments of a field that requires others',
      box('freight(to: String): Int @requires(fields: "weight")'),
      [
        'Box.freight has arguments and @requires: the router would ask once, with the arguments of one place, for all',
      ],
    ],
    [
      'arguments of what is required',
      box('freight: Int @requires(fields: "weight price(currency: \\"EUR\\")")'),
      [
        'Box.freight requires a field with arguments: what a client asks for with others would be taken for it',
      ],
    ],
    [
      'a progressive override, by its long name',
      box('label: ID! @federation__override(from: "other", label: "percent(5)")'),
      [
        'Box.label is overridden under a label: no label is ever true in the router, leave it out or do not override',
      ],
    ],
    [
      'values from a context',
      box(
        'label(of: String @fromContext(field: "$shop { name }")): ID!',
        '@key(fields: "id") @context(name: "shop")',
      ),
      [
        'Box uses @context, which the router does not know: hand the value on as an argument',
        'Box.label uses @fromContext, which the router does not know: hand the value on as an argument',
      ],
    ],
    [
      'an interface object that nobody can resolve',
      box('', '@key(fields: "id", resolvable: false) @interfaceObject'),
      ['Box is an @interfaceObject that cannot be resolved: its objects never learn their type'],
    ],
  ])('is %s', (_what, sdl, problems) => {
    expect(problemsOf(sdl)).toEqual(problems)
  })

  it('is not what it gets right', () => {
    const sdl = box(
      'freight: Int @requires(fields: "weight") label: ID! @federation__override(from: "other")',
    )
    expect(problemsOf(sdl)).toEqual([])
  })

  it('is refused where a domain is defined', () => {
    const sdl = 'type Query { a: Int @public } type Box @key(fields: "id") @key(fields: "id") { id: ID! }'
    expect(() => declareToy({ sdl, resolvers: { Box: toyResolvers.Box } })).toThrow(
      /^subgraphs\/toy breaks conventions:\n- Box has 2 keys: entities are found by their id alone$/,
    )
  })
})
