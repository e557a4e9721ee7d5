import { randomInt } from 'node:crypto'
import { createServer } from 'node:net'

/** Below the ports that Linux, macOS and Windows give to connections and to whoever asks for any. */
const [lowest, highest] = [15_000, 32_000]
const given = new Set<number>()

/**
 * A port on the loopback address that nobody listens on at this moment. Not one that the system would choose: between the
 * question and the start of the process that is to have it, the system could give it to somebody else.
 */
export async function freePort(): Promise<number> {
  for (let tries = 0; tries < 1_000; tries++) {
    const port = randomInt(lowest, highest)
    if (given.has(port) || !(await isPortFree(port))) continue
    given.add(port)
    return port
  }
  throw new Error('no free port on 127.0.0.1')
}

/** Whether nobody listens on this port of the loopback address at this moment. */
export const isPortFree = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => server.close(() => resolve(true)))
  })
