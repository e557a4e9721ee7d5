import { getIntrospectionQuery, parse } from 'graphql'
import { describe, expect, it } from 'vitest'
import { defaultLimits, findExcess, isDeeperThan } from '../operations/limits.ts'

/** Codes of what is too large about a document. */
const codesOf = (query: string): unknown[] =>
  findExcess(parse(query), defaultLimits).map(({ extensions }) => extensions.code)

const times = (count: number, text: (index: number) => string): string =>
  Array.from({ length: count }, (_, index) => text(index)).join(' ')
const nested = (levels: number): string => (levels === 1 ? 'a' : `a { ${nested(levels - 1)} }`)

describe('the limits of operations', () => {
  it.each<[what: string, code: string, most: string, tooMuch: string]>([
    ['levels of fields', 'MAX_DEPTH_LIMIT', `{ ${nested(12)} }`, `{ ${nested(13)} }`],
    [
      'levels through fragments',
      'MAX_DEPTH_LIMIT',
      `{ a { ...A } } fragment A on Q { ... { ${nested(11)} } }`,
      `{ a { ...A } } fragment A on Q { ... { ${nested(12)} } }`,
    ],
    [
      'aliases',
      'MAX_ALIASES_LIMIT',
      `{ a { ${times(30, (i) => `a${i}: __typename`)} } }`,
      `{ a { ${times(31, (i) => `a${i}: __typename`)} } }`,
    ],
    [
      'aliases in fragments, each time they are spread',
      'MAX_ALIASES_LIMIT',
      `{ a { ...A } b { ...A } } fragment A on Q { ${times(15, (i) => `a${i}: b`)} }`,
      `{ a { ...A } b { ...A } c { ...A } } fragment A on Q { ${times(15, (i) => `a${i}: b`)} }`,
    ],
    [
      'root fields of a query',
      'MAX_ROOT_FIELDS_LIMIT',
      `{ ${times(20, (i) => `f${i}`)} }`,
      `{ ...R } fragment R on Q { ${times(21, (i) => `f${i}`)} }`,
    ],
    [
      'root fields of a mutation',
      'MAX_ROOT_FIELDS_LIMIT',
      `mutation { ${times(5, (i) => `f${i}`)} }`,
      `mutation { ${times(3, (i) => `f${i}`)} ...R } fragment R on M { a b c }`,
    ],
    [
      'fields',
      'MAX_FIELDS_LIMIT',
      `{ a { ${times(499, (i) => `f${i}`)} } }`,
      `{ a { ${times(500, (i) => `f${i}`)} } }`,
    ],
    [
      'fields of a fragment that nothing spreads',
      'MAX_FIELDS_LIMIT',
      `{ a } fragment F on Q { ${times(500, (i) => `f${i}`)} }`,
      `{ a } fragment F on Q { ${times(501, (i) => `f${i}`)} }`,
    ],
    [
      'fields of any operation of the document',
      'MAX_FIELDS_LIMIT',
      'query A { a } query B { b }',
      `query A { a } query B { b { ${times(500, (i) => `f${i}`)} } }`,
    ],
    [
      'directives',
      'MAX_DIRECTIVES_LIMIT',
      `query ($x: Int @d) @d { a { ${'b @d '.repeat(24)} ... @d { ${'b @d '.repeat(23)} } } }`,
      `query ($x: Int @d) @d { a { ${'b @d '.repeat(24)} ... @d { ${'b @d '.repeat(24)} } } }`,
    ],
    [
      'fields that share a place in the answer',
      'MAX_FIELDS_LIMIT',
      `{ a { ${'b '.repeat(63)} } }`,
      `{ a { ${'b '.repeat(64)} } }`,
    ],
    [
      'fields that share a place through fields and fragments that do',
      'MAX_FIELDS_LIMIT',
      `{ a { ${'b { c d } '.repeat(36)} } }`,
      `{ ...A ...B } fragment A on Q { a { ${'b { c d } '.repeat(18)} } } fragment B on Q { a { ${'b { c d } '.repeat(20)} } }`,
    ],
  ])('hold for %s', (_what, code, most, tooMuch) => {
    expect(codesOf(most)).toEqual([])
    expect(codesOf(tooMuch)).toEqual([code])
  })

  it('let tools ask for the schema, and no more of it than they need', () => {
    expect(codesOf(getIntrospectionQuery({ inputValueDeprecation: true, specifiedByUrl: true }))).toEqual([])
    const deep = `{ __schema { types { ${nested(20)} } } }`
    expect(codesOf(deep)).toEqual(['MAX_DEPTH_LIMIT'])
    expect(codesOf(`{ __type(name: "A") { ${times(501, (i) => `f${i}`)} } }`)).toEqual(['MAX_FIELDS_LIMIT'])
  })

  it('are told in four errors at most, all that apply to an operation at once', () => {
    const most = `{ ${times(31, (i) => `a${i}: b`)} }`
    expect(codesOf(most)).toEqual(['MAX_ALIASES_LIMIT', 'MAX_ROOT_FIELDS_LIMIT'])
    expect(codesOf(times(4, (i) => `query Q${i} ${most}`))).toHaveLength(4)
  })

  it('count fragments that double each other in the time that it takes to read them', () => {
    const bomb = `{ a { ...F0 } } ${times(300, (i) => `fragment F${i} on Q { ...F${i + 1} ...F${i + 1} }`)} fragment F300 on Q { b }`
    expect(codesOf(bomb)).toEqual(Array<string>(4).fill('MAX_FIELDS_LIMIT'))
  })

  it('refuse fragments that spread themselves', () => {
    for (const cycle of [
      '{ ...A } fragment A on Q { a ...A }',
      '{ a } fragment A on Q { a { ...B } } fragment B on Q { b { ...C } } fragment C on Q { ...A }',
    ]) {
      expect(codesOf(cycle)).toEqual(['GRAPHQL_VALIDATION_FAILED'])
    }
  })
})

it('variables are looked into no deeper than allowed', () => {
  const deep = (levels: number): unknown =>
    levels === 0 ? 1 : levels % 2 ? [deep(levels - 1)] : { a: deep(levels - 1) }
  expect(isDeeperThan(20, deep(20))).toBe(false)
  expect(isDeeperThan(20, deep(21))).toBe(true)
  expect(isDeeperThan(20, JSON.parse(`${'['.repeat(5_000)}${']'.repeat(5_000)}`))).toBe(true)
  expect(isDeeperThan(1, { a: null, b: 1, c: 'x' })).toBe(false)
})
