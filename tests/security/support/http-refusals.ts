import { gzipSync } from 'node:zlib'
import { type Probe, post } from './probe.ts'

export const get = (query: string, headers: Record<string, string> = {}): Probe => ({
  method: 'GET',
  path: `/graphql?query=${encodeURIComponent(query)}`,
  headers,
})
export const preflighted = { 'apollo-require-preflight': 'yes' }
const nested = (depth: number) => `{"a":${'['.repeat(depth)}1${']'.repeat(depth)}}`
const variables = (text: string) => post(`{"query":"{ __typename }","variables":${text}}`)
export const query = '{ __typename }'

/** What is sent → the status and the code with which it is refused. */
export const refused: Record<string, [Probe, status: number, code: string]> = {
  'introspection (__schema)': [
    post({ query: '{ __schema { types { name } } }' }),
    400,
    'INTROSPECTION_DISABLED',
  ],
  'introspection (__type)': [
    post({ query: '{ __type(name: "User") { name } }' }),
    400,
    'INTROSPECTION_DISABLED',
  ],
  'introspection by GET': [
    get('{ __schema { types { name } } }', preflighted),
    400,
    'INTROSPECTION_DISABLED',
  ],
  'introspection in a fragment': [
    post({ query: '{ ...A } fragment A on Query { ... { x: __schema { types { name } } } }' }),
    400,
    'INTROSPECTION_DISABLED',
  ],
  'a misspelt field': [post({ query: '{ evnts { nodes { id } } }' }), 400, 'GRAPHQL_VALIDATION_FAILED'],
  'a misspelt argument': [
    post({ query: '{ events(frst: 1) { nodes { id } } }' }),
    400,
    'GRAPHQL_VALIDATION_FAILED',
  ],
  'a misspelt type': [post({ query: '{ me { ... on Usr { id } } }' }), 400, 'GRAPHQL_VALIDATION_FAILED'],
  'the federation of entities': [
    post({ query: '{ _entities(representations: [{__typename: "User", id: "1"}]) { __typename } }' }),
    400,
    'GRAPHQL_VALIDATION_FAILED',
  ],
  'the federation of schemas': [post({ query: '{ _service { sdl } }' }), 400, 'GRAPHQL_VALIDATION_FAILED'],
  'GET that any page can send': [get(query), 400, 'BAD_REQUEST'],
  'GET that any page can send, as a form': [get(query, { 'content-type': 'text/plain' }), 400, 'BAD_REQUEST'],
  'GET of a form with a header': [
    get(query, { ...preflighted, 'content-type': 'text/plain' }),
    415,
    'BAD_REQUEST',
  ],
  'a mutation by GET': [get('mutation { __typename }', preflighted), 405, 'BAD_REQUEST'],
  'GET of a parameter twice': [
    { ...get(query, preflighted), path: '/graphql?query={me{id}}&query={me{id}}' },
    400,
    'BAD_REQUEST',
  ],
  'GET with variables that are not JSON': [
    { ...get(query, preflighted), path: '/graphql?query={__typename}&variables={' },
    400,
    'BAD_REQUEST',
  ],
  'a form (urlencoded)': [
    { headers: { 'content-type': 'application/x-www-form-urlencoded' }, body: 'query={__typename}' },
    400,
    'BAD_REQUEST',
  ],
  'a form (text)': [
    { headers: { 'content-type': 'text/plain' }, body: '{"query":"{__typename}"}' },
    400,
    'BAD_REQUEST',
  ],
  'a form (multipart)': [
    { headers: { 'content-type': 'multipart/form-data; boundary=x' }, body: '--x--' },
    400,
    'BAD_REQUEST',
  ],
  'a form (text, disguised)': [
    { headers: { 'content-type': 'text/plain; application/json' }, body: '{"query":"{__typename}"}' },
    400,
    'BAD_REQUEST',
  ],
  'a body without a type': [{ body: '{"query":"{__typename}"}' }, 400, 'BAD_REQUEST'],
  'a form with the header': [
    { headers: { ...preflighted, 'content-type': 'text/plain' }, body: '{"query":"{__typename}"}' },
    415,
    'BAD_REQUEST',
  ],
  XML: [{ headers: { 'content-type': 'application/xml' }, body: '<query/>' }, 415, 'BAD_REQUEST'],
  'a body of 2 MB': [post({ query: `{ ${'x'.repeat(2_000_000)} }` }), 413, 'BAD_REQUEST'],
  'variables 5,000 levels deep': [variables(nested(5_000)), 400, 'BAD_USER_INPUT'],
  'variables 100,000 levels deep': [variables(nested(100_000)), 400, 'BAD_USER_INPUT'],
  'variables with __proto__': [variables('{"a":{"__proto__":{"polluted":1}}}'), 400, 'BAD_REQUEST'],
  'variables with __proto__, escaped': [variables('{"\\u005f_proto__":{"polluted":1}}'), 400, 'BAD_REQUEST'],
  'variables with constructor.prototype': [
    variables('{"constructor":{"prototype":{"polluted":1}}}'),
    400,
    'BAD_REQUEST',
  ],
  'variables with __proto__ by GET': [
    {
      ...get(query, preflighted),
      path: `/graphql?query={__typename}&variables=${encodeURIComponent('{"__proto__":{"polluted":1}}')}`,
    },
    400,
    'BAD_REQUEST',
  ],
  'a body with a byte order mark': [post(`\ufeff{"query":"{__typename}"}`), 400, 'BAD_REQUEST'],
  'a body in UTF-16': [post(Buffer.from('{"query":"{__typename}"}', 'utf16le')), 400, 'BAD_REQUEST'],
  'a body in UTF-16 that says so': [
    post(Buffer.from('{}', 'utf16le'), { 'content-type': 'application/json; charset=utf-16' }),
    415,
    'BAD_REQUEST',
  ],
  'a compressed body that grows to 100 MB': [
    post(gzipSync(Buffer.alloc(100_000_000, ' ')), { 'content-encoding': 'gzip' }),
    415,
    'BAD_REQUEST',
  ],
  'truncated JSON': [post('{"query":"{__type'), 400, 'BAD_REQUEST'],
  'random bytes': [post(Buffer.from([0, 255, 254, 1, 128, 10, 13, 0])), 400, 'BAD_REQUEST'],
  'an empty body': [post(''), 400, 'BAD_REQUEST'],
  'a body that is no object': [post('5'), 400, 'BAD_REQUEST'],
  'no query': [post({}), 400, 'BAD_REQUEST'],
  'an empty query': [post({ query: '' }), 400, 'BAD_REQUEST'],
  'a query that is a number': [post({ query: 5 }), 400, 'BAD_REQUEST'],
  'variables that are text': [post({ query, variables: '{}' }), 400, 'BAD_REQUEST'],
  'a query that is no GraphQL': [post({ query: '{ me { id ' }), 400, 'GRAPHQL_PARSE_FAILED'],
  'two operations without a name': [
    post({ query: 'query A { __typename } query B { __typename }' }),
    400,
    'OPERATION_RESOLUTION_FAILURE',
  ],
  'a list of operations': [post(JSON.stringify(Array(10).fill({ query }))), 400, 'BAD_REQUEST'],
  'a hash that nobody sent before': [
    post({ extensions: { persistedQuery: { version: 1, sha256Hash: 'a'.repeat(64) } } }),
    200,
    'PERSISTED_QUERY_NOT_FOUND',
  ],
  'a hash that is not that of the query': [
    post({ query, extensions: { persistedQuery: { version: 1, sha256Hash: 'a'.repeat(64) } } }),
    400,
    'BAD_REQUEST',
  ],
  'a token in the address': [
    { ...post({ query }), path: '/graphql?access_token=eyJhbGciOiJFZERTQSJ9.e30.c2ln' },
    400,
    'BAD_REQUEST',
  ],
  'an answer that we do not have': [post({ query }, { accept: 'text/csv' }), 406, 'BAD_REQUEST'],
  'a page, by GET': [get(query, { accept: 'text/html' }), 406, 'BAD_REQUEST'],
  'the page for people': [{ method: 'GET', path: '/', headers: { accept: 'text/html' } }, 404, 'BAD_REQUEST'],
  'the explorer': [{ method: 'GET', path: '/explore' }, 404, 'BAD_REQUEST'],
  'the metrics': [{ method: 'GET', path: '/metrics' }, 404, 'BAD_REQUEST'],
  PUT: [{ ...post({ query }), method: 'PUT' }, 405, 'BAD_REQUEST'],
  'a path that is none': [{ method: 'GET', path: '/%' }, 400, 'BAD_REQUEST'],
  'a path of somebody else': [{ method: 'GET', path: '/.env' }, 404, 'BAD_REQUEST'],
}
