import { connect } from 'node:net'

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

/** A Redis or Valkey on this machine, on its standard port; undefined without one. */
export const redisUrl = (await answers(6379)) ? 'redis://127.0.0.1:6379' : undefined
