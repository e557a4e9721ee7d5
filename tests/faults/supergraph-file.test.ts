import { type ChildProcess, spawn } from 'node:child_process'
import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { keyVariables, ownKeys } from '../../scripts/house/keys.ts'
import { committedSupergraph } from '../../scripts/house/supergraph.ts'
import { waitFor } from '../security/support/wire-socket.ts'

/** It loads the whole supergraph, on a machine with other things to do. */
const withinMs = 120_000
const serve = path.join(import.meta.dirname, '..', '..', 'scripts', 'serve.ts')
const started: ChildProcess[] = []
let folder: string
let before: string
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'guildhall-supergraph-'))
  before = await readFile(committedSupergraph, 'utf8')
})
afterAll(async () => {
  for (const child of started) child.kill('SIGKILL')
  await rm(folder, { recursive: true })
})

/** The same API with one type more. */
const larger = () =>
  `${before}\nenum Weather @join__type(graph: EVENTS) { SUNNY @join__enumValue(graph: EVENTS) }\n`

/** The router of a split house, whose domains are not there yet. */
async function startRouter(file: string, environment: Record<string, string> = {}) {
  await copyFile(committedSupergraph, file)
  const child = spawn(process.execPath, [serve], {
    env: {
      PATH: process.env.PATH,
      ROUTER: '1',
      HOST: '127.0.0.1',
      PORT: '0',
      SUPERGRAPH_FILE: file,
      ...keyVariables(await ownKeys()),
      ...environment,
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  started.push(child)
  let output = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text
  })
  const line = () => /^.*"router listens".*$/m.exec(output)?.[0]
  await waitFor(() => line() !== undefined || child.exitCode !== null, withinMs)
  const { port } = JSON.parse(line() ?? '{}') as { port: number }
  return {
    child,
    reloads: () => output.match(/"supergraph reloaded"/g)?.length ?? 0,
    weather: async () => {
      const response = await fetch(`http://127.0.0.1:${port}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ query: '{ __type(name: "Weather") { name } }' }),
      })
      return ((await response.json()) as { data: { __type: unknown } }).data.__type
    },
  }
}

it(
  'a router takes another supergraph on SIGHUP, and goes on with the same process',
  async () => {
    const file = path.join(folder, 'told.graphql')
    const { child, weather, reloads } = await startRouter(file)
    expect(await weather()).toBeNull()
    await writeFile(file, larger())
    child.kill('SIGHUP')
    await waitFor(() => reloads() === 1, withinMs)
    expect(await weather()).toEqual({ name: 'Weather' })
    expect([child.exitCode, child.signalCode]).toEqual([null, null])
  },
  withinMs,
)

it(
  'a router with SUPERGRAPH_WATCH=1 takes it by itself',
  async () => {
    const file = path.join(folder, 'watched.graphql')
    const { weather, reloads } = await startRouter(file, { SUPERGRAPH_WATCH: '1' })
    expect(await weather()).toBeNull()
    await writeFile(file, larger())
    await waitFor(() => reloads() === 1, withinMs)
    expect(await weather()).toEqual({ name: 'Weather' })
  },
  withinMs,
)
