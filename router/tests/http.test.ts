import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startWorld, type World } from './support/world.ts'

const error = (code: string, message: unknown = expect.any(String)) => ({
  message,
  extensions: { code, errorId: expect.any(String), retryable: false },
})
const json = { 'content-type': 'application/json' }

describe.each([
  { production: false, name: 'development' },
  { production: true, name: 'production' },
])('HTTP in $name', ({ production }) => {
  let world: World
  beforeAll(async () => {
    world = await startWorld('in-process', { production })
  })
  afterAll(() => world.close())
  const raw = (body: string | Buffer, headers: Record<string, string> = json) =>
    fetch(`${world.url}/graphql`, { method: 'POST', headers, body: body as never })

  it('points subscriptions to WebSocket', async () => {
    for (const query of [
      'subscription { noteAdded { id } }',
      'subscription S($in: Boolean!) { noteAdded @include(if: $in) { id } }',
    ]) {
      expect(await world.post(query, { variables: { in: true } })).toMatchObject({
        status: 400,
        body: {
          errors: [
            error(
              'BAD_REQUEST',
              'Subscriptions are served on this path over WebSocket (graphql-ws protocol) or as server-sent events (send `Accept: text/event-stream`).',
            ),
          ],
        },
      })
    }
    const get = `${world.url}/graphql?query=${encodeURIComponent('subscription { noteAdded { id } }')}`
    expect((await fetch(get, { headers: { 'apollo-require-preflight': 'yes' } })).status).toBe(400)
  })

  it('refuses a document that makes validation throw as the caller’s mistake', async () => {
    const query = 'query Q { me { id } } subscription S($in: Boolean!) { noteAdded @include(if: $in) { id } }'
    expect(await world.post(query, { operationName: 'Q' })).toMatchObject({
      status: 400,
      body: { errors: [error('GRAPHQL_VALIDATION_FAILED')] },
    })
    const fine = 'query Q { note { id } } subscription S { noteAdded { id } }'
    expect(await world.post(fine, { operationName: 'Q' })).toMatchObject({
      status: 200,
      body: { data: { note: { id: 'n1' } } },
    })
  })

  it('answers bad requests with a code and nothing of ours', async () => {
    const cases: [Response, number, string][] = [
      [await raw('{"query":'), 400, 'BAD_REQUEST'],
      [await raw(''), 400, 'BAD_REQUEST'],
      [await raw('{}'), 400, 'BAD_REQUEST'],
      [await raw('{"query":5}'), 400, 'BAD_REQUEST'],
      [await raw('[{"query":"{ me { id } }"}]'), 400, 'BAD_REQUEST'],
      [await raw('{"query":"{ me { id } }","variables":{"__proto__":{"x":1}}}'), 400, 'BAD_REQUEST'],
      [await raw(`{"query":"${'x'.repeat(300 * 1024)}"}`), 413, 'BAD_REQUEST'],
      [
        await raw('query=%7B%7D', { 'content-type': 'application/x-www-form-urlencoded' }),
        400,
        'BAD_REQUEST',
      ],
      [await raw('{"query":"{ me { id } }"}', { 'content-type': 'text/plain' }), 400, 'BAD_REQUEST'],
      [await raw('x', { 'content-type': 'multipart/form-data; boundary=x' }), 400, 'BAD_REQUEST'],
      [await fetch(`${world.url}/graphql?query={me{id}}`), 400, 'BAD_REQUEST'],
      [await raw(JSON.stringify({ query: '{ me { id ' })), 400, 'GRAPHQL_PARSE_FAILED'],
      [await raw(JSON.stringify({ query: `{ ${'a '.repeat(15_000)} }` })), 400, 'GRAPHQL_PARSE_FAILED'],
      [
        await raw(JSON.stringify({ query: 'query A { me { id } } query B { me { id } }' })),
        400,
        'OPERATION_RESOLUTION_FAILURE',
      ],
      [
        await raw(JSON.stringify({ query: 'query A { me { id } }', operationName: 'C' })),
        400,
        'OPERATION_RESOLUTION_FAILURE',
      ],
      [
        await raw(
          JSON.stringify({ query: 'query A($n: Int!) { notes(count: $n) { id } }', variables: { n: 'x' } }),
        ),
        400,
        'BAD_USER_INPUT',
      ],
      [
        await raw(JSON.stringify({ query: '{ _entities(representations: []) { __typename } }' })),
        400,
        'GRAPHQL_VALIDATION_FAILED',
      ],
      [await raw(JSON.stringify({ query: '{ _service { sdl } }' })), 400, 'GRAPHQL_VALIDATION_FAILED'],
    ]
    for (const [index, [response, status, code]] of cases.entries()) {
      const body = await response.json()
      expect([index, response.status, body.errors[0].extensions.code]).toEqual([index, status, code])
      expect(Object.keys(body.errors[0].extensions).sort()).toEqual(['code', 'errorId', 'retryable'])
      expect(JSON.stringify(body)).not.toMatch(/node_modules|\.ts:|at Object/)
    }
  })

  it('refuses mutations by GET', async () => {
    const get = `${world.url}/graphql?query=${encodeURIComponent('mutation { addNote(title: "x") { id } }')}`
    expect((await fetch(get, { headers: { 'apollo-require-preflight': 'yes' } })).status).toBe(405)
  })

  it('spells the schema out in development only', async () => {
    const typo = await world.post('{ notess { id } }')
    const introspection = await world.post('{ __schema { queryType { name } } }')
    expect(typo.status).toBe(400)
    if (production) {
      expect(typo.body.errors[0]?.message).toBe('Cannot query field "notess" on type "Query".')
      expect(introspection).toMatchObject({ status: 400 })
    } else {
      expect(typo.body.errors[0]?.message).toMatch(/Did you mean "notes"/)
      expect(introspection.body).toEqual({ data: { __schema: { queryType: { name: 'Query' } } } })
    }
    const failed = await world
      .client()
      .iterate({ query: 'subscription { noteAddd { id } }' })
      .next()
      .catch((errors) => errors)
    expect(failed[0].message.includes('Did you mean')).toBe(!production)
  })

  it('says whether it lives and is ready', async () => {
    expect((await fetch(`${world.url}/health/live`)).status).toBe(200)
    expect((await fetch(`${world.url}/health/ready`)).status).toBe(200)
  })

  it('sends safe headers', async () => {
    const { headers } = await world.post('{ me { id } }')
    expect(headers.get('x-content-type-options')).toBe('nosniff')
    expect(headers.get('x-powered-by')).toBeNull()
    expect(headers.get('x-request-id')).toMatch(/^[\w-]{36}$/)
    const odd = await world.post('{ me { id } }', { headers: { 'x-request-id': 'a"b<script>' } })
    expect(odd.headers.get('x-request-id')).toMatch(/^[\w-]{36}$/)
  })

  it(`${production ? 'lets no' : 'lets any'} page call, never with credentials`, async () => {
    const headers = {
      origin: 'https://page.test',
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'content-type',
    }
    const preflight = await fetch(`${world.url}/graphql`, { method: 'OPTIONS', headers })
    expect(preflight.headers.get('access-control-allow-origin')).toBe(production ? null : 'https://page.test')
    expect(preflight.headers.get('access-control-allow-credentials')).toBeNull()
    expect(preflight.headers.get('vary')).toMatch(/origin/i)
  })

  it(`${production ? 'shows no' : 'shows'} pages for people`, async () => {
    const sandbox = await fetch(`${world.url}/`, { headers: { accept: 'text/html' } })
    const explorer = await fetch(`${world.url}/explore`)
    if (production) return expect([sandbox.status, explorer.status]).toEqual([404, 404])
    const page = await sandbox.text()
    expect(page).toContain('EmbeddedSandbox')
    expect(page).toContain("new URL('/graphql', window.location.href).href")
    expect(page).toContain("initialSubscriptionEndpoint: initialEndpoint.replace(/^http/, 'ws')")
    expect(page).toContain('<a href="/explore">')
  })
})

describe('/explore', () => {
  it('needs nothing from elsewhere, and sends typed headers to sockets too', async () => {
    const world = await startWorld('in-process', { explorerQuery: '{ notes { id } }' })
    const started = await fetch(`${world.url}/explore`, { headers: { 'accept-encoding': 'identity' } })
    const page = await started.text()
    expect(page).toContain('YogaGraphiQL.renderYogaGraphiQL')
    expect(page).toMatch(/"endpoint":"\/graphql","subscriptionsProtocol":"WS"/)
    expect(page).toContain('"defaultQuery":"{ notes { id } }"')
    expect(page).toMatch(/extensions:\{headers:(\w+)\?\.headers,connectionParams:\1\?\.headers\}/)
    // Everything that the markup itself would load.
    expect([...page.matchAll(/<(?:script|link|img|iframe)[^>]*\b(?:src|href)="(https?:)?\/\//g)]).toEqual([])
    expect(page).not.toMatch(/@import\s+(?:url\()?["']?https?:/)

    const zipped = await fetch(`${world.url}/explore`, { headers: { 'accept-encoding': 'gzip' } })
    expect(zipped.headers.get('content-encoding')).toBe('gzip')
    expect(await zipped.text()).toBe(page)
    await world.close()
  })
})

describe('configured origins', () => {
  it('may call, others may not', async () => {
    const world = await startWorld('in-process', { corsOrigins: ['https://app.test'], production: true })
    const allowed = async (origin: string) =>
      (await world.post('{ me { id } }', { headers: { origin } })).headers.get('access-control-allow-origin')
    expect(await allowed('https://app.test')).toBe('https://app.test')
    expect(await allowed('https://evil.test')).toBeNull()
    await world.close()
  })
})
