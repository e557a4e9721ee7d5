import { execute, getIntrospectionQuery, parse, validate } from 'graphql'
import { describe, expect, it } from 'vitest'
import { executeOperation } from '../execution/execute.ts'
import { seededRandom } from '../testing/seeded-random.ts'
import { executionToy } from './support/execution-toy.ts'
import { randomOperation } from './support/random-operations.ts'
import { unheardFailuresOf } from './support/unheard.ts'

const schema = executionToy()

/** What both executors answer; text, so that the order of fields and errors counts too. */
async function both(query: string, variableValues: Record<string, unknown> = {}, operationName?: string) {
  const document = parse(query)
  const answers = []
  for (const run of [execute, executeOperation]) {
    const contextValue = { word: 'word', log: [] as string[] }
    const { result, unheard } = await unheardFailuresOf(() =>
      run({ schema, document, variableValues, contextValue, operationName: operationName ?? null }),
    )
    // graphql-js forgets what is pending in a list when one of its items fails at once; that would end a process.
    if (run === executeOperation) expect(unheard, `left behind by ${query}`).toEqual([])
    const errors = result.errors?.map(({ message, path, locations, extensions }) => ({
      message,
      path,
      locations,
      extensions,
    }))
    answers.push(JSON.stringify({ data: result.data, errors, log: contextValue.log }, null, 1))
  }
  return { document, theirs: answers[0], ours: answers[1] }
}

describe('our executor answers what graphql-js answers', () => {
  it.each([
    ['introspection', getIntrospectionQuery()],
    ['one type of it', '{ __type(name: "Thing") { name fields { name type { kind ofType { name } } } } }'],
    ['the SDL', '{ _service { sdl } }'],
    [
      'mutations in order, with a failing one',
      'mutation { a: add(text: "1") { id } b: addSurely(text: "2") { late } c: add(text: "bad") { id } d: add(text: "3") { size } }',
    ],
    [
      'a mutation that takes its siblings along',
      'mutation { a: add(text: "1") { id } b: addSurely(text: "bad") { id } c: add(text: "3") { id } }',
    ],
    ['an error in a list without nulls', '{ strict { id } thing { id } }'],
    ['an alias that objects have a use for', '{ thing { __proto__: name constructor: id toString: size } }'],
    ['an operation that does not exist', 'query A { thing { id } }', {}, 'B'],
    ['no name among several', 'query A { thing { id } } query B { thing { name } }'],
    ['one of several', 'query A { thing { id } } query B { thing { name } }', {}, 'B'],
    ['an empty name', 'query A { thing { id } }', {}, ''],
    ['no operation', 'fragment A on Thing { id }'],
    ['a kind of operation that the schema has not', 'subscription { thing { id } }'],
    [
      'a variable of a wrong type',
      'query ($count: Int!) { things(count: $count) { id } }',
      { count: 'many' },
    ],
    ['a missing variable', 'query ($yes: Boolean!) { thing @include(if: $yes) { id } }'],
    ['fields that validation would refuse', '{ thing { id nothing } nowhere }'],
  ])('%s', async (_name, query, variables = {}, operationName?: string) => {
    const { ours, theirs } = await both(query, variables, operationName)
    expect(ours).toBe(theirs)
  })

  it('whichever way the conditions of one document turn', async () => {
    const query = `query ($a: Boolean!, $b: Boolean = true) {
      thing { ...F @include(if: $a) ... on Node @skip(if: $b) { id } size @include(if: $a) @skip(if: $b) }
    } fragment F on Thing { name late }`
    const seen = new Set<string | undefined>()
    for (const variables of [
      { a: true },
      { a: false },
      { a: true, b: false },
      { a: false, b: false },
      { a: true },
    ]) {
      const { ours, theirs } = await both(query, variables)
      expect(ours).toBe(theirs)
      seen.add(ours)
    }
    expect(seen.size).toBe(4)
  })

  it('without leaving promises behind that fail unheard, where graphql-js does', async () => {
    const document = parse('{ halfway { id neededLate } }')
    const { result, unheard } = await unheardFailuresOf(() => executeOperation({ schema, document }))
    expect(result.data).toEqual({ halfway: null })
    expect(result.errors?.map(({ message }) => message)).toEqual([
      'Cannot return null for non-nullable field Thing.id.',
    ])
    expect(unheard).toEqual([])
    expect((await unheardFailuresOf(() => execute({ schema, document }))).unheard).toHaveLength(1)
  })

  it('to seeded random operations', async () => {
    const seed = Number(process.env.EXECUTION_SEED ?? Math.floor(Math.random() * 2 ** 31))
    const cases = Number(process.env.EXECUTION_CASES ?? 300)
    const random = seededRandom(seed)
    let failing = 0
    for (let no = 0; no < cases; no++) {
      const { query, variables } = randomOperation(random)
      const { document, ours, theirs } = await both(query, variables)
      if (ours?.includes('"errors"')) failing++
      expect(ours, `seed ${seed}, case ${no}: ${query} ${JSON.stringify(variables)}`).toBe(theirs)
      expect(
        validate(schema, document).filter(({ message }) => !/never used|within itself/.test(message)),
        `seed ${seed}, case ${no}: ${query}`,
      ).toEqual([])
    }
    // Half of what is worth comparing is how things fail.
    expect(failing, `seed ${seed}`).toBeGreaterThan(cases / 10)
    expect(failing, `seed ${seed}`).toBeLessThan(cases)
  })
})
