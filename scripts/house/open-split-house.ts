import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { readConfig } from '@guildhall/kit/config'
import { domainNames } from '@guildhall/kit/discover'
import { createLog } from '@guildhall/kit/log'
import { freePort } from '@guildhall/kit/postgres/free-port'
import { StartProblem } from '@guildhall/kit/postgres/start-problem'
import { keyVariables, ownKeys } from './keys.ts'
import { registerAllConsumers } from './register-consumers.ts'

export interface SplitHouseOptions {
  databaseUrl: string
  /** The router's port; 0: any free one. */
  port: number
  /** How many routers; those after the first are on any free port. */
  routers?: number
  /** Domain → how many processes of it; the nth router asks the nth, other domains the first. Default: one. */
  replicas?: Readonly<Record<string, number>>
  /** Where operators look: `any` free port of each process, or counted up from here. Default: nowhere. */
  metricsPorts?: 'any' | number
  /** Gets what the processes write. Default: it is passed on. */
  onOutput?: (text: string) => void
  /** Further environment for every process. */
  environment?: Readonly<Record<string, string>>
}

/** One process per domain, and the router. */
export interface SplitHouse {
  url: string
  /** Of every router, the first one's included. */
  urls: readonly string[]
  /** Name → process: the domains, `router`; where there are several `router 2`, `events 2` and so on. */
  processes: ReadonlyMap<string, ChildProcess>
  /** Domain → the port of this machine where it answers. */
  ports: ReadonlyMap<string, number>
  /** Name → the process's port for operators, if it has one. */
  internal: ReadonlyMap<string, string>
  /** Starts a process that has ended anew, and waits until it is ready. */
  restart(name: string): Promise<void>
  close(): Promise<void>
}

/** A slow machine needs a while to start so many processes at once. */
const readyWithinMs = 180_000
const serve = path.join(import.meta.dirname, '..', 'serve.ts')

/** Starts every domain as a process of its own, and the router in front, on a migrated database. */
export async function openSplitHouse(options: SplitHouseOptions): Promise<SplitHouse> {
  const domains = domainNames()
  const ports = new Map<string, number>()
  const parts: Part[] = []
  for (const domain of domains) {
    for (let number = 1; number <= (options.replicas?.[domain] ?? 1); number++) {
      const port = await freePort()
      if (number === 1) ports.set(domain, port)
      parts.push({ name: nth(domain, number), port, own: { SUBGRAPHS: domain } })
    }
  }
  const portOf = (name: string) => parts.find((part) => part.name === name)?.port
  const routers: Part[] = []
  for (let number = 1; number <= (options.routers ?? 1); number++) {
    const own = Object.fromEntries(
      domains.map((domain) => [urlVariable(domain), urlAt(portOf(nth(domain, number)) ?? portOf(domain))]),
    )
    const port = (number === 1 && options.port) || (await freePort())
    routers.push({ name: nth('router', number), port, own: { ...own, ...options.environment, ROUTER: '1' } })
  }
  const urls = routers.map(({ port }) => `http://localhost:${port}`)
  const url = urls[0] ?? ''
  const shared = {
    ...process.env,
    LOG_LEVEL: 'warn',
    PUBLIC_URL: url,
    HOST: '127.0.0.1',
    DATABASE_URL: options.databaseUrl,
    ...keyVariables(await ownKeys()),
    ...Object.fromEntries(domains.map((domain) => [urlVariable(domain), urlAt(ports.get(domain))])),
    ...options.environment,
  }
  const config = readConfig(shared)
  await registerAllConsumers(options.databaseUrl, config, createLog(config.LOG_LEVEL))
  const processes = new Map<string, ChildProcess>()
  const internal = await internalPorts(
    [...routers, ...parts].map(({ name }) => name),
    options.metricsPorts,
  )
  const { onOutput } = options
  const output = onOutput ? 'pipe' : 'inherit'
  const start = ({ name, port, own }: Part) => {
    const child = spawn(process.execPath, [serve], {
      env: { ...shared, METRICS_PORT: String(internal.get(name) ?? 0), PORT: String(port), ...own },
      stdio: ['ignore', output, output],
    })
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => onOutput?.(text))
    }
    processes.set(name, child)
  }
  const close = async () => {
    await Promise.all(routers.map(async ({ name }) => end(processes.get(name))))
    await Promise.all([...processes.values()].map(end))
  }
  try {
    for (const stage of [parts, routers]) {
      for (const part of stage) start(part)
      await Promise.all(stage.map((part) => ready(processes, part)))
    }
    return {
      url,
      urls,
      processes,
      ports,
      internal: new Map([...internal].map(([name, port]) => [name, `http://127.0.0.1:${port}`])),
      restart: async (name) => {
        const part = [...parts, ...routers].find((one) => one.name === name)
        if (!part) throw new Error(`there is no process "${name}"`)
        start(part)
        await ready(processes, part)
      },
      close,
    }
  } catch (error) {
    await close()
    throw error
  }
}

/** A process to be: where it listens, and what it is told besides what all are. */
interface Part {
  name: string
  port: number
  own: Readonly<Record<string, string>>
}

const nth = (name: string, number: number): string => (number === 1 ? name : `${name} ${number}`)
const urlVariable = (domain: string): string => `SUBGRAPH_URL_${domain.toUpperCase()}`
const urlAt = (port: number | undefined): string => `http://127.0.0.1:${port}/graphql`

async function internalPorts(
  names: readonly string[],
  wanted: SplitHouseOptions['metricsPorts'],
): Promise<Map<string, number>> {
  const ports = new Map<string, number>()
  if (!wanted) return ports
  for (const [index, name] of names.entries()) {
    ports.set(name, wanted === 'any' ? await freePort() : wanted + index)
  }
  return ports
}

/** Polls readiness; a process that ends instead has said why itself. */
async function ready(processes: ReadonlyMap<string, ChildProcess>, { name, port }: Part): Promise<void> {
  const giveUpAt = performance.now() + readyWithinMs
  while (performance.now() < giveUpAt) {
    if (processes.get(name)?.exitCode != null) throw new StartProblem(`The process "${name}" did not start.`)
    const answer = await fetch(`http://127.0.0.1:${port}/health/ready`).catch(() => null)
    if (answer?.ok) return
    await pause(50)
  }
  throw new StartProblem(`The process "${name}" is not ready after ${readyWithinMs / 1000} seconds.`)
}

async function end(child: ChildProcess | undefined): Promise<void> {
  if (!child || child.exitCode !== null || child.signalCode !== null) return
  const ended = once(child, 'exit')
  child.kill('SIGTERM')
  await ended
}
