import { type AddressInfo, createServer } from 'node:net'

/** A port on the loopback address that nobody listens on at this moment. */
export async function freePort(): Promise<number> {
  const port = await listenOnce(0)
  if (port === undefined) throw new Error('no free port on 127.0.0.1')
  return port
}

/** Whether nobody listens on this port of the loopback address at this moment. */
export const isPortFree = async (port: number): Promise<boolean> => (await listenOnce(port)) !== undefined

function listenOnce(port: number): Promise<number | undefined> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(undefined))
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => {
      const { port: taken } = server.address() as AddressInfo
      server.close(() => resolve(taken))
    })
  })
}
