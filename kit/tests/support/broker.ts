import { once } from 'node:events'
import { connect as connectSocket } from 'node:net'
import { jetstreamManager } from '@nats-io/jetstream'
import { connect } from '@nats-io/transport-node'
import type { Toy } from './toy.ts'

/** The NATS server to test against: that of NATS_URL, or one on this machine; undefined when none answers. */
export async function findBroker(): Promise<string | undefined> {
  const url = process.env.NATS_URL ?? 'nats://127.0.0.1:4222'
  const { hostname, port } = new URL(url)
  const socket = connectSocket(Number(port), hostname)
  try {
    await once(socket, 'connect')
    return url
  } catch {
    return undefined
  } finally {
    socket.destroy()
  }
}

/** The NATS server that is there anyway, if one is. */
export const broker = await findBroker()

/** Why tests over a transport are left out; empty when they are not. */
export const absenceOf = (transport: string): string =>
  transport === 'nats' && !broker ? ' (no NATS server here)' : ''

/** A stream of its own for each toy. */
export const streamOf = ({ url }: Toy): string => `test_${new URL(url).pathname.slice(1)}`

export async function removeStream(url: string, name: string): Promise<void> {
  const connection = await connect({ servers: url })
  await (await jetstreamManager(connection)).streams.delete(name).catch(() => {})
  await connection.close()
}
