import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { connect } from 'node:net'
import { freePort } from '@guildhall/kit/postgres/free-port'
import { until } from './world.ts'

/** A Redis or Valkey to test against. */
export interface TestRedis {
  url: string
  port: number
  stop(): Promise<void>
}

const usualPort = 6379

const program = ['valkey-server', 'redis-server', '/usr/bin/valkey-server', '/usr/bin/redis-server'].find(
  (place) => {
    try {
      execFileSync(place, ['--version'], { stdio: 'ignore' })
      return true
    } catch {
      return false
    }
  },
)

const answers = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    const settle = (there: boolean) => {
      socket.destroy()
      resolve(there)
    }
    socket.once('connect', () => settle(true))
    socket.once('error', () => settle(false))
    socket.setTimeout(1_000, () => settle(false))
  })

/** Whether there is anything to test against: the program, or a server that somebody else has started. */
export const isRedisHere = program !== undefined || (await answers(usualPort))

/** Stands in the title of what is skipped without it. */
export const withoutRedis = isRedisHere
  ? ''
  : ` (skipped: no valkey-server and no redis-server here, and none answers on 127.0.0.1:${usualPort})`

/** A server of one's own, which keeps nothing; where the program is missing, the one on the standard port. */
export async function openRedis(): Promise<TestRedis> {
  if (!program) return { ...addressOf(usualPort), stop: async () => {} }
  const port = await freePort()
  const flags = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no']
  const server = spawn(program, flags, { stdio: ['ignore', 'pipe', 'inherit'] })
  let said = ''
  server.stdout.on('data', (text) => {
    said += String(text)
  })
  await until(() => said.includes('Ready to accept connections') || server.exitCode !== null, 20_000)
  if (server.exitCode !== null) throw new Error(`${program} has ended:\n${said}`)
  return { ...addressOf(port), stop: () => stop(server) }
}

const addressOf = (port: number) => ({ url: `redis://127.0.0.1:${port}`, port })

async function stop(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return
  server.kill('SIGKILL')
  await once(server, 'exit')
}
