import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { brotliDecompressSync, gunzipSync, zstdDecompressSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openEvents } from './support/event-stream.ts'
import { startWorld, type World } from './support/world.ts'

let world: World
const folder = mkdtempSync(path.join(tmpdir(), 'answers-'))
beforeAll(async () => {
  world = await startWorld('in-process')
})
afterAll(async () => {
  await world?.close()
  rmSync(folder, { recursive: true })
})

/** The bytes as they came; `fetch` would unpack them. */
const raw = (query: string, headers: Record<string, string>, url = world.url) =>
  new Promise<{ headers: Record<string, unknown>; body: Buffer }>((resolve, reject) => {
    const sent = request(
      `${url}/graphql`,
      { method: 'POST', headers: { 'content-type': 'application/json', ...headers } },
      (answer) => {
        const chunks: Buffer[] = []
        answer.on('data', (chunk: Buffer) => chunks.push(chunk))
        answer.on('end', () => resolve({ headers: answer.headers, body: Buffer.concat(chunks) }))
      },
    )
    sent.on('error', reject)
    sent.end(JSON.stringify({ query }))
  })

const decoders = { zstd: zstdDecompressSync, br: brotliDecompressSync, gzip: gunzipSync }

describe('an answer', () => {
  const long = '{ notes(count: 100) { id title author { id } reader { id } } }'
  const longest = `{ ${[...Array(5).keys()].map((i) => `a${i}: notes(count: 100) { id title author { id } reader { id } }`).join(' ')} }`

  it.each<[accepted: string, encoding: keyof typeof decoders]>([
    ['gzip, deflate, br, zstd', 'zstd'],
    ['gzip, deflate, br', 'br'],
    ['gzip', 'gzip'],
    ['br;q=0, GZIP;q=0.5', 'gzip'],
    ['zstd; q=0.0, br; q=1', 'br'],
  ])('to a client that takes %s is %s', async (accepted, encoding) => {
    for (const query of [long, longest]) {
      const plain = await raw(query, {})
      const { headers, body } = await raw(query, { 'accept-encoding': accepted })
      expect(headers).toMatchObject({
        'content-encoding': encoding,
        'content-length': String(body.length),
        vary: 'Origin, Accept-Encoding',
      })
      expect(String(decoders[encoding](body))).toBe(String(plain.body))
      expect(body.length).toBeLessThan(plain.body.length / 4)
    }
    expect((await raw(longest, {})).body.length).toBeGreaterThan(32_768)
  })

  it('is sent as it is when it is short, or the client takes nothing of ours', async () => {
    const cases: [query: string, accepted: string][] = [
      ['{ note { id } }', 'gzip, br, zstd'],
      [long, 'identity'],
      [long, 'deflate'],
      [long, 'gzip;q=0, br;q=0, zstd;q=0'],
      [long, ''],
    ]
    for (const [query, accepted] of cases) {
      const { headers, body } = await raw(query, { 'accept-encoding': accepted })
      expect(headers['content-encoding']).toBeUndefined()
      expect(headers.vary).toBe('Origin, Accept-Encoding')
      expect(JSON.parse(String(body))).toHaveProperty('data')
    }
  })

  it.each([
    [undefined, 'application/json', 400],
    ['*/*', 'application/json', 400],
    ['application/*', 'application/json', 400],
    ['application/json', 'application/json', 200],
    ['text/html, application/json;q=0.9', 'application/json', 200],
    ['application/graphql-response+json', 'application/graphql-response+json', 400],
    ['application/graphql-response+json, application/json', 'application/graphql-response+json', 400],
    ['application/json;q=0.5, application/graphql-response+json', 'application/graphql-response+json', 400],
    ['*/*, application/graphql-response+json', 'application/graphql-response+json', 400],
    ['application/json;q=0, */*;q=0.1', 'application/json', 400],
  ])('to what is not valid, where %s is accepted, is %s with %i', async (accept, type, status) => {
    const answer = await world.post('{ nope }', { headers: accept === undefined ? {} : { accept } })
    expect([answer.headers.get('content-type'), answer.status]).toEqual([`${type}; charset=utf-8`, status])
    expect(answer.body.errors[0]?.extensions.code).toBe('GRAPHQL_VALIDATION_FAILED')
  })

  it('tells browsers to keep to https where clients reach us by it alone', async () => {
    const secure = await startWorld('in-process', { https: true })
    const { headers } = await secure.post('{ note { id } }')
    expect(headers.get('strict-transport-security')).toBe('max-age=31536000')
    await secure.close()
    const plain = await world.post('{ note { id } }')
    expect(plain.headers.get('strict-transport-security')).toBeNull()
  })

  it.each(['/', '/explore'])('with the page %s may stand in no frame', async (page) => {
    const { headers } = await fetch(world.url + page, { headers: { accept: 'text/html' } })
    expect(headers.get('content-security-policy')).toMatch(/^frame-ancestors 'none'/)
    expect(headers.get('referrer-policy')).toBe('no-referrer')
    expect(headers.get('x-content-type-options')).toBe('nosniff')
  })

  it('to introspection that goes in circles is a refusal where the schema may be asked for', async () => {
    const circle = (depth: number): string => (depth ? `fields { type { ${circle(depth - 1)} } }` : 'name')
    const { status, body } = await world.post(`{ __schema { types { ${circle(4)} } } }`)
    expect([status, body.errors.length]).toEqual([400, 1])
    expect(body.data).toBeUndefined()
  })
})

describe('persisted operations', () => {
  const query = '{ note { id } }'
  const answer = { data: { note: { id: 'n1' } } }
  const sha256Hash = createHash('sha256').update(query).digest('hex')
  const byHash = { extensions: { persistedQuery: { version: 1, sha256Hash } } }
  const post = async (body: object, { url } = world) => {
    const headers = { 'content-type': 'application/json' }
    const response = await fetch(`${url}/graphql`, { method: 'POST', headers, body: JSON.stringify(body) })
    return (await response.json()) as object
  }
  const overSocket = async (payload: object, from = world) => {
    const first = from.client().iterate({ query: '', ...payload } as never)
    const step = await first.next().catch((errors: unknown) => ({ value: { errors } }))
    return step.value as object
  }
  const asEvents = async (payload: object, { url } = world) => {
    const stream = await openEvents(url, payload)
    await stream.ended
    return stream.events[0]?.data
  }
  const refusal = (code: string) => ({ errors: [{ extensions: { code } }] })

  it('are known to GET, POST and sockets, whichever of them taught the router', async () => {
    expect(await overSocket(byHash)).toMatchObject(refusal('PERSISTED_QUERY_NOT_FOUND'))
    expect(await post({ query, ...byHash })).toEqual(answer)
    expect(await post(byHash)).toEqual(answer)
    expect(await overSocket(byHash)).toEqual(answer)
    const extensions = encodeURIComponent(JSON.stringify(byHash.extensions))
    const got = await fetch(`${world.url}/graphql?extensions=${extensions}`, {
      headers: { 'apollo-require-preflight': 'yes' },
    })
    expect([got.status, await got.json()]).toEqual([200, answer])
  })

  it('are all there is with a safelist: for queries, mutations and subscriptions, over all transports', async () => {
    const file = path.join(folder, 'manifest.json')
    const stream = 'subscription S { noteAdded { id } }'
    const operations = [
      { id: 'q1', name: 'Q', type: 'query', body: query },
      { id: 's1', name: 'S', type: 'subscription', body: stream },
    ]
    writeFileSync(file, JSON.stringify({ format: 'apollo-persisted-query-manifest', version: 1, operations }))
    const closed = await startWorld('in-process', { production: true, persisted: { mode: 'safelist', file } })
    const byId = (id: string) => ({ extensions: { persistedQuery: { version: 1, sha256Hash: id } } })
    const unknown = refusal('PERSISTED_QUERY_NOT_IN_LIST')

    for (const payload of [byId('q1'), { query }, { query: '{\n  note {\n    id\n  }\n}' }]) {
      expect(await post(payload, closed)).toEqual(answer)
      expect(await overSocket(payload, closed)).toEqual(answer)
      expect(await asEvents(payload, closed)).toEqual(answer)
    }
    for (const payload of [
      { query: '{ me { id } }' },
      { query: 'mutation { addNote(title: "x") { id } }' },
      { query: 'subscription { noteAdded { title } }' },
      byId('q2'),
    ]) {
      expect(await post(payload, closed)).toMatchObject(unknown)
      expect(await overSocket(payload, closed)).toMatchObject(unknown)
      expect(await asEvents(payload, closed)).toMatchObject(unknown)
    }
    expect(closed.state.openStreams).toBe(0)
    const events = closed.client().iterate({ query: '', ...byId('s1') } as never)
    const first = events.next()
    while (closed.state.openStreams === 0) await new Promise((resolve) => setImmediate(resolve))
    closed.state.bus.emit('note', { id: 'n7', n: 7 })
    expect((await first).value).toEqual({ data: { noteAdded: { id: 'n7' } } })
    await closed.close()
  })
})
