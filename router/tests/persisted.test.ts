import { createHash } from 'node:crypto'
import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { ConfigError } from '@guildhall/kit/config'
import { afterAll, afterEach, describe, expect, it } from 'vitest'
import {
  createPersistedOperations,
  type PersistedOperations,
  type PersistedOptions,
  type SentOperation,
} from '../operations/persisted.ts'
import { recordingLog, until } from './support/world.ts'

const folder = mkdtempSync(path.join(tmpdir(), 'persisted-'))
const file = path.join(folder, 'manifest.json')
afterAll(() => rmSync(folder, { recursive: true }))

const known = 'query Known($n: Int!) { notes(count: $n) { ...Note } } fragment Note on Note { id }'
const other = '{ me { id } }'
const operation = (id: string, body: string) => ({ id, name: 'Known', type: 'query', body })
const manifest = (...operations: unknown[]) => ({
  format: 'apollo-persisted-query-manifest',
  version: 1,
  operations,
})
/** At once: nobody reads half of it. */
const write = (content: unknown) => {
  writeFileSync(`${file}.new`, typeof content === 'string' ? content : JSON.stringify(content))
  renameSync(`${file}.new`, file)
}

let persisted: PersistedOperations
let logged: Record<string, unknown>[]
const open = (options: Partial<PersistedOptions> = {}) => {
  const recording = recordingLog()
  logged = recording.logged
  persisted = createPersistedOperations({
    introspection: false,
    maxTokens: 2_000,
    log: recording.log,
    ...options,
  })
}
afterEach(() => persisted?.close())

const sha = (text: string) => createHash('sha256').update(text).digest('hex')
const byId = (sha256Hash: unknown, query?: string): SentOperation => ({
  ...(query === undefined ? {} : { query }),
  extensions: { persistedQuery: { version: 1, sha256Hash } },
})
/** The text that would be run, or the code and the status of the refusal. */
const verdict = (sent: SentOperation) => {
  const text = persisted.textOf(sent)
  if (typeof text === 'string') return text
  const { code, http } = text.extensions as { code: string; http: { status: number } }
  return `${http.status} ${code}`
}

describe('automatic persisted queries', () => {
  it('learn a text with its hash, and know it by its hash from then on', () => {
    open()
    expect(verdict(byId(sha(other)))).toBe('200 PERSISTED_QUERY_NOT_FOUND')
    expect(verdict({ query: other })).toBe(other)
    expect(verdict(byId(sha(other)))).toBe('200 PERSISTED_QUERY_NOT_FOUND')
    expect(verdict(byId(sha(other), other))).toBe(other)
    expect(verdict(byId(sha(other)))).toBe(other)
    // Over sockets the query has to be there, and is left empty.
    expect(verdict(byId(sha(other), ''))).toBe(other)
  })

  it('do not let one caller give another text to a hash', () => {
    open()
    expect(verdict(byId(sha(other), known))).toBe('400 BAD_REQUEST')
    expect(verdict(byId(sha(other)))).toBe('200 PERSISTED_QUERY_NOT_FOUND')
    expect(verdict(byId(sha(other), other))).toBe(other)
    expect(verdict(byId(sha(other), known))).toBe('400 BAD_REQUEST')
    expect(verdict(byId(sha(other)))).toBe(other)
  })

  it('remember a bounded amount of text, the latest', () => {
    open()
    const text = (index: number) => `{ a${index} ${'x '.repeat(100_000)}}`
    for (let index = 0; index < 100; index++)
      expect(verdict(byId(sha(text(index)), text(index)))).toBe(text(index))
    const remembered = [...Array(100).keys()]
      .reverse()
      .filter((index) => verdict(byId(sha(text(index)))) === text(index))
    // Texts of 200 kB: at most 8 MB of them, at least the last half of that.
    expect(remembered.length).toBeLessThanOrEqual(42)
    expect(remembered.length).toBeGreaterThanOrEqual(20)
    expect(remembered.slice(0, 20)).toEqual([...Array(100).keys()].reverse().slice(0, 20))
  })

  it('refuse what is no hash', () => {
    open()
    for (const asked of [5, 'x', [], {}, { version: 2, sha256Hash: 'a' }, { version: 1, sha256Hash: 5 }]) {
      expect(verdict({ query: other, extensions: { persistedQuery: asked } })).toBe('400 BAD_REQUEST')
    }
    expect(verdict({})).toBe('400 BAD_REQUEST')
    expect(verdict({ query: '' })).toBe('400 BAD_REQUEST')
    expect(verdict({ query: other, extensions: { persistedQuery: null } })).toBe(other)
    expect(verdict(byId('__proto__'))).toBe('200 PERSISTED_QUERY_NOT_FOUND')
  })

  it('can be switched off', () => {
    open({ mode: 'off' })
    expect(verdict({ query: other })).toBe(other)
    expect(verdict(byId(sha(other)))).toBe('200 PERSISTED_QUERY_NOT_SUPPORTED')
    expect(verdict(byId(sha(other), other))).toBe('200 PERSISTED_QUERY_NOT_SUPPORTED')
  })
})

describe('a manifest', () => {
  const reformatted =
    'fragment Note on Note{id}\n# of the app\nquery   Known($n:Int!){notes(count:$n){...Note}}'

  it('makes operations known by their ids beside automatic ones', () => {
    write(manifest(operation('known-1', known)))
    open({ mode: 'apq', file })
    expect(verdict(byId('known-1'))).toBe(known)
    expect(verdict(byId(sha(other), other))).toBe(other)
    expect(verdict({ query: other })).toBe(other)
  })

  it('as a safelist lets through its operations, by id or as text however formatted, and nothing else', () => {
    write(manifest(operation('known-1', known)))
    open({ mode: 'safelist', file, ownTexts: ['mutation { own }'] })
    expect(verdict(byId('known-1'))).toBe(known)
    expect(verdict({ query: known })).toBe(known)
    expect(verdict({ query: reformatted })).toBe(reformatted)
    expect(verdict({ query: reformatted })).toBe(reformatted)
    expect(verdict({ query: 'mutation { own }' })).toBe('mutation { own }')
    for (const query of [
      other,
      `${known} query More { me { id } }`,
      known.replace('id }', 'id text }'),
      '{ __typename }',
      '{',
    ]) {
      expect(verdict({ query })).toBe('400 PERSISTED_QUERY_NOT_IN_LIST')
    }
    // Not NOT_FOUND: a client would send the text after it.
    expect(verdict(byId('known-2'))).toBe('400 PERSISTED_QUERY_NOT_IN_LIST')
    expect(verdict(byId(sha(other), other))).toBe('400 PERSISTED_QUERY_NOT_IN_LIST')
    expect(verdict(byId(sha(other)))).toBe('400 PERSISTED_QUERY_NOT_IN_LIST')
    expect(verdict(byId('known-1', other))).toBe('400 BAD_REQUEST')
    expect(verdict(byId(sha(known), known))).toBe(known)
  })

  it('as a safelist lets the schema be asked for where introspection is on, and nothing along with it', () => {
    write(manifest())
    open({ mode: 'safelist', file, introspection: true })
    const schema =
      '{ ...S __typename } fragment S on Query { __schema { types { name } } ... { __type(name: "A") { name } } }'
    expect(verdict({ query: schema })).toBe(schema)
    for (const query of [
      schema.replace('__typename', 'me { id }'),
      `${schema.replace('{', 'query A {')} query B { me { id } }`,
      '{ ...None }',
      'fragment S on Query { __schema { types { name } } }',
    ]) {
      expect(verdict({ query })).toBe('400 PERSISTED_QUERY_NOT_IN_LIST')
    }
  })

  it('can be all that is taken, and by id alone', () => {
    write(manifest(operation('known-1', known)))
    open({ mode: 'ids', file, introspection: true, ownTexts: ['mutation { own }'] })
    expect(verdict(byId('known-1'))).toBe(known)
    expect(verdict({ query: known })).toBe('400 PERSISTED_QUERY_ID_REQUIRED')
    expect(verdict({ query: '{ __schema { types { name } } }' })).toBe('400 PERSISTED_QUERY_ID_REQUIRED')
    expect(verdict(byId(sha(known), known))).toBe('400 PERSISTED_QUERY_ID_REQUIRED')
    expect(verdict(byId('known-2'))).toBe('400 PERSISTED_QUERY_NOT_IN_LIST')
    expect(verdict({ query: 'mutation { own }' })).toBe('mutation { own }')
    expect(verdict({})).toBe('400 BAD_REQUEST')
  })

  it('can be tried: what does not stand in it is run, and told once, without its values', () => {
    write(manifest(operation('known-1', known)))
    open({ mode: 'log', file })
    const secret = 'mutation Login { login(email: "ada@example.org", pin: 1234) { id } }'
    for (const query of [known, reformatted, secret, secret, '{']) expect(verdict({ query })).toBe(query)
    expect(verdict(byId(sha(other), other))).toBe(other)
    expect(verdict(byId(sha(other)))).toBe(other)
    expect(logged).toEqual([
      {
        level: 'warn',
        message: 'operation is not in the manifest',
        sha256: sha(secret),
        text: 'mutation Login { login(email: "", pin: 0) { id } }',
      },
      {
        level: 'warn',
        message: 'operation is not in the manifest',
        sha256: sha(other),
        text: '{ me { id } }',
      },
    ])
  })

  it('is read again when it changes; a broken one is told, and the one of before stays', async () => {
    write(manifest(operation('known-1', known)))
    open({ mode: 'safelist', file })
    expect(verdict({ query: reformatted })).toBe(reformatted)

    write(manifest(operation('other-1', other)))
    await until(() => verdict(byId('other-1')) === other)
    expect(verdict({ query: known })).toBe('400 PERSISTED_QUERY_NOT_IN_LIST')
    expect(verdict({ query: reformatted })).toBe('400 PERSISTED_QUERY_NOT_IN_LIST')

    write('{"format":')
    await until(() => logged.some(({ level }) => level === 'error'))
    expect(verdict(byId('other-1'))).toBe(other)
    rmSync(file)
    await until(() => logged.filter(({ level }) => level === 'error').length === 2)
    expect(verdict(byId('other-1'))).toBe(other)

    write(manifest(operation('known-2', known)))
    await until(() => verdict(byId('known-2')) === known)
  })

  it.each<[string, unknown, RegExp]>([
    ['is not JSON', '{"format":', /not JSON/],
    ['is something else', { operations: [] }, /format: .*version: /s],
    ['has another version', { ...manifest(), version: 2 }, /version: /],
    ['has an operation without a text', manifest({ id: 'a' }), /operations\.0\.body: /],
    [
      'has an operation that is not GraphQL',
      manifest(operation('a', '{')),
      /- a is not GraphQL: Syntax Error/,
    ],
    [
      'gives one id to two',
      manifest(operation('a', known), operation('a', other)),
      /two operations have the id a/,
    ],
  ])('that %s does not let the router start', (_what, content, problem) => {
    write(content)
    const start = () => open({ mode: 'safelist', file })
    expect(start).toThrow(ConfigError)
    expect(start).toThrow(problem)
  })

  it('that is not there does not let the router start', () => {
    expect(() => open({ mode: 'safelist', file: path.join(folder, 'none.json') })).toThrow(/cannot be read/)
    for (const mode of ['log', 'safelist', 'ids'] as const) {
      expect(() => open({ mode })).toThrow(
        `PERSISTED_OPERATIONS_MODE is "${mode}", which needs PERSISTED_OPERATIONS_FILE.`,
      )
    }
  })
})
