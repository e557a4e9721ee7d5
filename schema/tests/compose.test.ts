import { accessOf } from '@guildhall/kit/access'
import { defineContract } from '@guildhall/kit/contract'
import { rootFields } from '@guildhall/kit/conventions'
import { loadContracts, loadDefinitions } from '@guildhall/kit/discover'
import { parse } from 'graphql'
import { describe, expect, it } from 'vitest'
import { artefactsOf, staleOf } from '../compose/artefacts.ts'
import { ownEntities, subjectStubs } from '../compose/subjects.ts'
import { composeSupergraph } from '../compose/supergraph.ts'
import { coordinatesOf, unreachable } from './support/reachable.ts'
import { undescribed } from './support/undescribed.ts'

const contracts = await loadContracts()
const definitions = await loadDefinitions()
const composed = composeSupergraph(definitions)

describe('the artefacts', () => {
  it('are the same bytes each time, in whatever order the domains come', () => {
    const again = composeSupergraph(definitions.toReversed())
    expect(artefactsOf(definitions.toReversed(), again)).toEqual(artefactsOf(definitions, composed))
    expect(subjectStubs(contracts.toReversed())).toBe(subjectStubs(contracts))
  })

  it('are those on disk', () => {
    const artefacts = {
      'schema/subjects.graphql': subjectStubs(contracts),
      ...artefactsOf(definitions, composed),
    }
    expect(staleOf(artefacts), 'run npm run compose and commit what it wrote').toEqual([])
  })

  it('end with a newline', () => {
    const texts = Object.values(artefactsOf(definitions, composed))
    expect(texts.filter((text) => !/[^\n]\n$/.test(text))).toEqual([])
  })
})

describe('the API', () => {
  it('shows nothing of federation', () => {
    expect(composed.api).not.toMatch(
      /join__|link__|federation__|_Any|_Entity|_Service|@key|@inaccessible|requiresScopes|@authenticated|@public|@internal|@emits/,
    )
  })

  it('shows nothing that only our own services may call, nor types that only such fields use', () => {
    const internal = definitions
      .flatMap((definition) => rootFields(definition))
      .filter(([, { astNode }]) => accessOf(astNode)?.kind === 'internal')
      .map(([coordinate]) => coordinate)
    const shown = coordinatesOf(composed.api)
    expect(
      [...internal.filter((coordinate) => shown.includes(coordinate)), ...unreachable(composed.api)],
      'mark what is internal with @inaccessible, its types as well',
    ).toEqual([])
  })

  it('describes every element', () => {
    expect(undescribed(composed.api)).toEqual([])
  })

  it('reports types that no root field leads to', () => {
    const sdl = `type Query { a: I } interface I { b: Int } type A implements I { b: Int c(d: E): Int }
      enum E { F } type Lost { e: E }`
    expect(unreachable(sdl)).toEqual(['Lost'])
    expect(coordinatesOf(sdl)).toEqual(['Query.a'])
  })

  it('reports what is not described', () => {
    expect(undescribed('type Query { "x" a(b: Int): E } "y" enum E { A }')).toEqual([
      'Query',
      'Query.a(b:)',
      'E.A',
    ])
  })
})

describe('the subjects', () => {
  const sdl = [
    '"""Two lines\n"and" quotes."""',
    'type Post implements Node @key(fields: "id") { id: ID! }',
    'type User @key(fields: "id", resolvable: false) { id: ID! }',
    'type Draft { id: ID! }',
  ].join('\n')
  const contract = defineContract({
    domain: 'posts',
    products: ['projects'],
    ids: { pst: 'Post', usr: 'User', drf: 'Draft' },
    permissions: {},
    events: [],
    codes: {},
  })

  it('are the entities that their own domain resolves', () => {
    expect(ownEntities(contract, sdl).map((type) => type.name.value)).toEqual(['Post'])
  })

  it('cover every domain, can be taken apart at lines that start with quotes, and parse', () => {
    const stubs = subjectStubs(contracts)
    const entities = contracts.flatMap((one) => ownEntities(one).map((type) => type.name.value))
    expect(parse(stubs).definitions).toHaveLength(entities.length)
    expect(
      stubs
        .split(/\n(?=""")/)
        .slice(1)
        .map((part) => part.match(/type (\w+)/)?.[1]),
    ).toEqual(entities.toSorted())
  })
})
