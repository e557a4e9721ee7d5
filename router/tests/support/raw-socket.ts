import { once } from 'node:events'
import { WebSocket } from 'ws'
import { closeCode, until, type World } from './world.ts'

export interface Frame {
  type: string
  id?: string
  payload?: unknown
}

/** A socket that speaks for itself. */
export function openSocket(
  { url }: Pick<World, 'url'>,
  options: { protocol?: string; origin?: string; search?: string; autoPong?: boolean } = {},
): WebSocket {
  const address = `${url.replace('http', 'ws')}/graphql${options.search ?? ''}`
  const socket = new WebSocket(address, options.protocol ?? 'graphql-transport-ws', {
    origin: options.origin,
    autoPong: options.autoPong ?? true,
  })
  socket.on('error', () => {})
  return socket
}

/** A socket whose connection was accepted, with everything it receives. */
export interface RawSocket {
  socket: WebSocket
  messages: Frame[]
  closed: Promise<number>
  subscribe(query: string, id?: string, variables?: object): void
  /** Results of a subscription, oldest first. */
  results(id?: string): unknown[]
}

export async function connect(
  world: Pick<World, 'url'>,
  token?: string | Promise<string>,
  options: Parameters<typeof openSocket>[1] = {},
): Promise<RawSocket> {
  const socket = openSocket(world, options)
  const closed = closeCode(socket)
  const messages: Frame[] = []
  socket.on('message', (data) => messages.push(JSON.parse(String(data))))
  await once(socket, 'open')
  const payload = token ? { Authorization: `Bearer ${await token}` } : {}
  socket.send(JSON.stringify({ type: 'connection_init', payload }))
  await until(
    () => messages.some(({ type }) => type === 'connection_ack') || socket.readyState !== socket.OPEN,
  )
  return {
    socket,
    messages,
    closed,
    subscribe: (query, id = 'a', variables = {}) =>
      socket.send(JSON.stringify({ id, type: 'subscribe', payload: { query, variables } })),
    results: (id = 'a') =>
      messages.filter((frame) => frame.type === 'next' && frame.id === id).map(({ payload: sent }) => sent),
  }
}

/** The HTTP status with which an upgrade is refused, or `open`. */
export const upgradeStatus = (socket: WebSocket): Promise<unknown> =>
  new Promise((resolve) => {
    socket.once('open', () => resolve('open'))
    socket.once('unexpected-response', (_request, response) => resolve(response.statusCode))
  })
