import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { freePort } from '@guildhall/kit/postgres/free-port'
import { type MeasuredProcess, startMeasured } from '../measuring/measured-process.ts'
import type { Target } from '../measuring/rounds.ts'
import { compose, subgraphs } from '../supergraph/compose.ts'
import { installPeers, peersFolder } from './peers.ts'

const urlOf = (port: number): string => `http://127.0.0.1:${port}`
/** Answered by every gateway without asking a subgraph. */
const readyPath = '/graphql?query=%7B__typename%7D'

/** A gateway as a program. */
interface Program {
  name: string
  script: string
  folder?: string
  environment?: Record<string, string>
  arguments?: (port: number) => readonly string[]
}

/**
 * Starts the subgraphs and everything that stands in front of them; the first target is the yardstick.
 *
 * @param folder for files that are needed meanwhile.
 * @param processes gets everything that was started, for the caller to stop.
 */
export async function startTargets(folder: string, processes: MeasuredProcess[]): Promise<Target[]> {
  const ports = await Promise.all(subgraphs.map(() => freePort()))
  const supergraph = path.join(folder, 'supergraph.graphql')
  const portOf = (name: string) => ports[subgraphs.findIndex((one) => one.name === name)] ?? 0
  writeFileSync(
    supergraph,
    compose(subgraphs, (name) => `${urlOf(portOf(name))}/graphql`),
  )
  const shared = { NODE_ENV: 'production', BENCH_PORTS: ports.join(','), BENCH_SUPERGRAPH: supergraph }
  const backend = await startMeasured('bench/gateways/subgraphs.ts', shared, urlOf(ports[0] ?? 0))
  processes.push(backend)

  const start = async ({ name, script, ...program }: Program): Promise<Target> => {
    const port = await freePort()
    const environment = { ...shared, PORT: String(port), ...program.environment }
    const started = await startMeasured(script, environment, urlOf(port) + readyPath, {
      ...(program.folder ? { folder: program.folder } : {}),
      arguments: program.arguments?.(port) ?? [],
    })
    processes.push(started)
    return { name, url: urlOf(port), process: started, fetches: async () => (await backend.usage()).fetches }
  }
  return [
    await start({ name: 'plain Apollo gateway', script: 'bench/gateways/plain.ts' }),
    await startOurs(start, 'Guildhall router', folder),
    await startInOneProcess(start, 'Guildhall in one process', folder),
    ...(await startPeers(start, supergraph)),
  ]
}

type Start = (program: Program) => Promise<Target>

async function startOurs(
  start: Start,
  name: string,
  folder: string,
  environment: Record<string, string> = {},
): Promise<Target> {
  const file = path.join(folder, `${name}.json`)
  const script = 'bench/gateways/ours.ts'
  const target = await start({ name, script, environment: { BENCH_TOKENS: file, ...environment } })
  const tokens = JSON.parse(readFileSync(file, 'utf8')) as string[]
  return { ...target, authorization: (n) => `Bearer ${tokens[n % tokens.length]}` }
}

async function startInOneProcess(start: Start, name: string, folder: string): Promise<Target> {
  const target = await startOurs(start, name, folder, { BENCH_IN_PROCESS: '1' })
  return { ...target, fetches: async () => (await target.process.usage()).fetches }
}

/** Those that can be had and do start. */
async function startPeers(start: Start, supergraph: string): Promise<Target[]> {
  if (process.env.BENCH_PEERS === 'none') return []
  const problem = await installPeers()
  if (problem) {
    console.log(`The peers are left out, because they cannot be installed: ${problem}`)
    return []
  }
  const hive = (...flags: string[]): Omit<Program, 'name'> => ({
    script: 'node_modules/@graphql-hive/gateway/dist/bin.js',
    folder: peersFolder,
    arguments: (port) => ['supergraph', supergraph, '--host', '127.0.0.1', '--port', String(port), ...flags],
  })
  const programs: Program[] = [
    { name: 'Hive Gateway', ...hive() },
    { name: 'Hive Gateway, Rust planner', ...hive('--hive-router-runtime') },
    { name: 'Mercurius gateway', script: 'bench/gateways/mercurius.ts' },
  ]
  const targets: Target[] = []
  for (const program of programs) {
    try {
      targets.push(await start(program))
    } catch (error) {
      console.log(`${program.name} is left out, because it does not start: ${String(error)}`)
    }
  }
  return targets
}
