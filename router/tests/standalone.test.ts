import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from '@guildhall/kit/postgres/free-port'
import { createClient } from 'graphql-ws'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { createToyState, note, notesToy, peopleToy, type ToyState } from './support/toy-subgraphs.ts'
import { type ServedToy, serveToy } from './support/toy-transports.ts'
import { composeToys, until } from './support/world.ts'

const program = join(import.meta.dirname, '../standalone.ts')

/** Runs the program to its end. */
const run = (...args: string[]) =>
  new Promise<{ code: number; output: string }>((resolve) => {
    execFile(process.execPath, [program, ...args], (error, stdout, stderr) =>
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, output: stdout + stderr }),
    )
  })

describe('a router that stands alone', () => {
  let folder: string
  let supergraph: string
  let state: ToyState
  const served: Record<string, ServedToy> = {}
  const started: ChildProcess[] = []

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'guildhall-router-'))
    supergraph = join(folder, 'supergraph.graphql')
    state = createToyState()
    // Foreign subgraphs know nothing of our contexts.
    const anybody = async () => ({ kind: 'anonymous' }) as const
    const toys = [notesToy(state, anybody), peopleToy(state, anybody)]
    for (const toy of toys) served[toy.name] = await serveToy(toy)
    const urls = Object.fromEntries(Object.entries(served).map(([name, { url }]) => [name, url]))
    await writeFile(supergraph, composeToys(toys, urls))
  })
  afterAll(async () => {
    for (const child of started) child.kill()
    await Promise.all(Object.values(served).map((server) => server.close()))
    await rm(folder, { recursive: true })
  })

  /** Starts the program and gives the URL it prints. */
  async function start(...args: string[]): Promise<{ url: string; child: ChildProcess }> {
    const child = spawn(process.execPath, [program, '--supergraph', supergraph, '--port', '0', ...args])
    started.push(child)
    let output = ''
    child.stdout.on('data', (data) => {
      output += String(data)
    })
    child.stderr.on('data', (data) => {
      output += String(data)
    })
    await until(() => /http:\/\/\S+/.test(output) || child.exitCode !== null, 60_000)
    const url = /http:\/\/\S+/.exec(output)?.[0]
    if (!url) throw new Error(output)
    return { url, child }
  }
  const post = async (url: string, query: string, authorization?: string) => {
    const headers = { 'content-type': 'application/json', ...(authorization ? { authorization } : {}) }
    const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify({ query }) })
    return { status: response.status, body: await response.json() }
  }

  it('shows metrics and health to operators on a port of their own', async () => {
    const port = await freePort()
    const { url } = await start('--metrics-port', String(port))
    expect((await post(url, '{ note { title } }')).status).toBe(200)
    const metrics = await fetch(`http://localhost:${port}/metrics`)
    expect(await metrics.text()).toContain(
      'graphql_server_operation_duration_seconds_count{graphql_operation_type="query",operation="none",outcome="ok"} 1',
    )
    expect((await fetch(`http://localhost:${port}/health/ready`)).status).toBe(200)
    const taken = await run('--supergraph', supergraph, '--port', '0', '--metrics-port', String(port))
    expect(taken).toEqual({ code: 1, output: `Port ${port} is taken.\n` })
  })

  it('serves queries and subscriptions of a supergraph to the URLs in its file, and stops on a signal', async () => {
    const { url, child } = await start()
    const query = '{ note { id author { name unread } } }'
    expect(await post(url, query)).toEqual({
      status: 200,
      body: { data: { note: { id: 'n1', author: { name: 'Person p1', unread: 2 } } } },
    })
    // Without keys nobody can be verified: the directives see a stranger, the subgraph gets the header.
    expect((await post(url, '{ vault { gold } }', 'Bearer opaque')).body.data).toBeNull()
    const client = createClient({
      url: url.replace('http', 'ws'),
      webSocketImpl: WebSocket,
      retryAttempts: 0,
    })
    const stream = client.iterate({ query: 'subscription { noteAdded { id reader { name } } }' })
    const next = stream.next()
    await until(() => state.openStreams === 1)
    state.bus.emit('note', note())
    expect((await next).value).toEqual({ data: { noteAdded: { id: 'n1', reader: { name: 'Person p2' } } } })
    child.kill('SIGTERM')
    await until(() => child.exitCode !== null)
    expect(child.exitCode).toBe(0)
    await stream.return?.()
  }, 40_000)

  it('verifies tokens with the keys of --jwks', async () => {
    const { publicKey, privateKey } = await generateKeyPair('ES256', { extractable: true })
    const jwks = { keys: [{ ...(await exportJWK(publicKey)), kid: 'k', alg: 'ES256' }] }
    const keys = createServer((_request, response) => response.end(JSON.stringify(jwks))).listen(0)
    await until(() => keys.listening)
    const { port } = keys.address() as { port: number }
    const sign = (issuer: string, scope: string) =>
      new SignJWT({ scope })
        .setProtectedHeader({ alg: 'ES256', kid: 'k' })
        .setSubject('u')
        .setIssuer(issuer)
        .setExpirationTime('1m')
        .sign(privateKey)
    const { url } = await start('--jwks', `http://127.0.0.1:${port}/`, '--issuer', 'https://idp.test')
    const query = '{ note { id secret } }'
    expect((await post(url, query)).body.data).toEqual({ note: { id: 'n1', secret: null } })
    const good = `Bearer ${await sign('https://idp.test', 'admin other')}`
    expect((await post(url, query, good)).body).toEqual({ data: { note: { id: 'n1', secret: 's3cret' } } })
    expect((await post(url, query, `Bearer ${await sign('https://evil.test', 'admin')}`)).status).toBe(401)
    expect((await post(url, query, 'Bearer opaque')).status).toBe(401)
    keys.close()
  }, 40_000)

  it('serves the file anew on SIGHUP, by itself with --watch, and never a subgraph at another address', async () => {
    const before = await readFile(supergraph, 'utf8')
    const [signalled, watching] = [
      await start(),
      await start('--watch', '--contracts', 'small', '--log-level', 'error'),
    ]
    const query = '{ note { id } }'
    const statuses = async () => [
      (await post(signalled.url, query)).status,
      (await post(watching.url, query)).status,
    ]
    const small = `${watching.url}/small`
    expect([...(await statuses()), (await post(small, query)).status]).toEqual([200, 200, 400])

    await writeFile(supergraph, before.replaceAll(/\n {2}title\(upper:/g, '\n  heading(upper:'))
    await until(
      async () => (await post(watching.url, '{ note { heading } }')).body.data?.note === null,
      10_000,
    )
    expect((await post(signalled.url, '{ note { heading } }')).status).toBe(400)
    signalled.child.kill('SIGHUP')
    await until(async () => (await post(signalled.url, '{ note { heading } }')).status === 200, 10_000)

    let complaints = ''
    watching.child.stdout?.on('data', (text) => {
      complaints += String(text)
    })
    await writeFile(supergraph, before.replace(served.notes?.url ?? '', 'http://127.0.0.1:1/graphql'))
    await until(
      () => complaints.includes('has moved to http://127.0.0.1:1/graphql: restart the router'),
      10_000,
    )
    expect(await statuses()).toEqual([200, 200])
    await writeFile(supergraph, before)
    for (const { child } of [signalled, watching]) child.kill('SIGTERM')
  }, 60_000)

  it('starts while no subgraph is up, and says which part is away', async () => {
    const text = await readFile(supergraph, 'utf8')
    const alone = join(folder, 'alone.graphql')
    await writeFile(alone, text.replaceAll(/url: "http:[^"]*"/g, 'url: "http://127.0.0.1:1/graphql"'))
    const { url, child } = await start('--supergraph', alone)
    expect((await post(url, '{ __typename }')).body).toEqual({ data: { __typename: 'Query' } })
    const { status, body } = await post(url, '{ note { id } }')
    expect([status, body.data, body.errors[0].extensions.code]).toEqual([
      200,
      { note: null },
      'SERVICE_UNAVAILABLE',
    ])
    child.kill('SIGTERM')
  }, 40_000)

  it('tells mistakes in one line', async () => {
    const notGraphql = join(folder, 'text.graphql')
    await writeFile(notGraphql, 'this is {{ nothing')
    const plain = join(folder, 'plain.graphql')
    await writeFile(plain, 'type Query { a: Int }')
    const taken = createServer().listen(0, 'localhost')
    await until(() => taken.listening)
    const { port } = taken.address() as { port: number }

    const missing = join(folder, 'missing.graphql')
    expect(await run('--supergraph', missing)).toEqual({ code: 1, output: `${missing} cannot be read.\n` })
    expect(await run('--supergraph', supergraph, '--port', String(port))).toEqual({
      code: 1,
      output: `Port ${port} is taken.\n`,
    })
    expect(await run('--supergraph', supergraph, '--port', 'x')).toEqual({
      code: 1,
      output: 'x is not a port.\n',
    })
    expect(await run('--supergraph', plain)).toEqual({
      code: 1,
      output: 'The file is not a composed federation 2 supergraph.\n',
    })
    expect(await run('--supergraph', notGraphql)).toEqual({
      code: 1,
      output: expect.stringMatching(/^The file is not GraphQL: .*\n$/),
    })
    expect((await run('--bogus')).output).toMatch(/^Unknown option '--bogus'[^\n]*\n$/)
    expect((await run()).output).toMatch(/^--supergraph is missing\.\n\nUsage: /)
    expect((await run('--help')).code).toBe(0)
    taken.close()
  }, 60_000)
})
