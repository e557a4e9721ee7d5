import { seededRandom } from '@guildhall/kit/testing/seeded-random'
import { jsonHeaders, type Probe } from './probe.ts'

const operations = [
  { query: '{ __typename }' },
  {
    query: 'query Q($n: Int = 2) { events(first: $n) { nodes { id title } totalCount } }',
    variables: { n: 1 },
  },
  { query: '{ me { id } ... @include(if: true) { a: __typename } }', operationName: null },
  { query: 'mutation { __typename }', extensions: { persistedQuery: { version: 1, sha256Hash: 'abc' } } },
  { query: 'query A { me { ...F } } fragment F on User { id }', operationName: 'A', variables: {} },
]

/** Words that stand where they should not. */
const oddities = [
  'null',
  '{}',
  '[]',
  '-1e999',
  '"\\ud800"',
  '\u0000',
  '{"__proto__":1}',
  '{ ',
  '}',
  '$',
  '@',
  '...',
  '"""',
  '#',
  '\n',
  'fragment on on on',
  'subscription',
  '__schema',
  '\u{1f3c3}',
  '9'.repeat(400),
  '['.repeat(500),
  'query ',
]

const oddHeaders: Record<string, string>[] = [
  { accept: 'application/graphql-response+json' },
  { accept: 'text/html;q=0.1, */*;q=x' },
  { accept: ';;,,q=' },
  { 'accept-encoding': 'zstd;q=0, br;q=0, gzip;q=nonsense' },
  { 'content-type': 'application/json; charset="' },
  { 'content-type': 'application/json/json' },
  { 'content-type': '' },
  { 'content-encoding': 'deflate' },
  { authorization: 'Bearer ...' },
  { authorization: 'Basic x' },
  { origin: 'null' },
  { 'x-request-id': '<script>' },
  { 'x-forwarded-for': '127.0.0.1' },
  {},
]

/** Makes what nobody should send; the same for the same seed. */
export function createFuzz(seed: number) {
  const random = seededRandom(seed)
  const below = (limit: number): number => Math.floor(random() * limit)
  const oneOf = <T>(choices: readonly T[]): T => choices[below(choices.length)] as T

  const randomBytes = (): Buffer => Buffer.from(Array.from({ length: below(400) }, () => below(256)))

  /** Changes a text in one to four places: cut, repeated, exchanged, or with something in it that does not belong. */
  const mutated = (text: string): string => {
    let result = text
    for (let times = 1 + below(4); times > 0; times -= 1) {
      const [from, to] = [below(result.length + 1), below(result.length + 1)].sort((a, b) => a - b) as [
        number,
        number,
      ]
      const middle = oneOf([
        '',
        result.slice(from, to).repeat(2),
        oneOf(oddities),
        String.fromCharCode(below(0x250)),
        result.slice(from, to).split('').reverse().join(''),
      ])
      result = result.slice(0, from) + middle + result.slice(to)
    }
    // What was cut in halves cannot be sent.
    return Buffer.from(result).toString()
  }

  const mutatedOperation = (): string => {
    const operation = oneOf(operations)
    // Within the query, so that the rest stays JSON; or anywhere.
    return random() < 0.5
      ? JSON.stringify({ ...operation, query: mutated(operation.query) })
      : mutated(JSON.stringify(operation))
  }

  const randomProbe = (): Probe => {
    const text = mutatedOperation()
    const headers = { ...jsonHeaders, ...oneOf(oddHeaders) }
    const kind = below(10)
    if (kind === 0) return { headers, body: randomBytes() }
    if (kind === 1) return { headers, method: oneOf(['PUT', 'PATCH', 'DELETE', 'OPTIONS']), body: text }
    if (kind === 2) {
      const search = encodeURIComponent(mutated(oneOf(operations).query))
      const rest = oneOf([
        '',
        '&variables={',
        '&query=x',
        '&extensions=[]',
        '&variables=%FF',
        '&&&=',
        '&a[b]=c',
      ])
      return {
        method: 'GET',
        path: `/graphql?query=${search}${rest}`,
        headers: { ...headers, 'apollo-require-preflight': '1' },
      }
    }
    if (kind === 3)
      return { headers, path: oneOf(['/graphql/', '/graphql/x', '/GRAPHQL', '//', '/%zz']), body: text }
    // Nothing wrong with it, but perhaps with a header.
    if (kind === 4) return { headers, body: JSON.stringify(oneOf(operations)) }
    return { headers, body: text }
  }

  return { oneOf, randomBytes, mutated, mutatedOperation, randomProbe }
}
