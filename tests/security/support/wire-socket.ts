import { once } from 'node:events'
import { WebSocket } from 'ws'

/** What a socket is sent, as it stands on the wire. */
export interface Frame {
  type: string
  id?: string
  payload?: unknown
}

/** A socket that speaks for itself, and keeps to no protocol. */
export interface WireSocket {
  socket: WebSocket
  frames: Frame[]
  closed: Promise<number>
  /** When it was closed, by `performance.now()`. */
  closedAt(): number
  send(frame: object | string | Buffer): void
  /** Until so many frames of a type have come. */
  until(type: string, count?: number): Promise<Frame[]>
}

export interface WireOptions {
  protocol?: string | string[]
  search?: string
}

export function wireSocket(url: string, { protocol, search = '' }: WireOptions = {}): WireSocket {
  const socket = new WebSocket(
    `${url.replace('http', 'ws')}/graphql${search}`,
    protocol ?? 'graphql-transport-ws',
  )
  const frames: Frame[] = []
  let closedAt = Number.NaN
  socket.on('error', () => {})
  socket.on('message', (data) => frames.push(JSON.parse(String(data))))
  const closed = new Promise<number>((resolve) => {
    socket.once('close', (code) => {
      closedAt = performance.now()
      resolve(code)
    })
  })
  return {
    socket,
    frames,
    closed,
    closedAt: () => closedAt,
    send: (frame) =>
      socket.send(typeof frame === 'string' || Buffer.isBuffer(frame) ? frame : JSON.stringify(frame)),
    async until(type, count = 1) {
      const matching = () => frames.filter((frame) => frame.type === type)
      await waitFor(() => matching().length >= count)
      return matching()
    },
  }
}

/** A socket that was let in. */
export async function introduced(url: string, bearer?: string): Promise<WireSocket> {
  const wire = wireSocket(url)
  await once(wire.socket, 'open')
  wire.send({ type: 'connection_init', payload: bearer ? { authorization: `Bearer ${bearer}` } : {} })
  await wire.until('connection_ack')
  return wire
}

/** What an attempt to open a socket comes to: `open`, or the HTTP status with which it is refused. */
export const upgraded = ({ socket }: WireSocket): Promise<unknown> =>
  new Promise((resolve) => {
    socket.once('open', () => resolve('open'))
    socket.once('unexpected-response', (_request, response) => resolve(response.statusCode))
  })

/** Waits until something is true; fails when it stays false. */
export async function waitFor(what: () => boolean, withinMs = 10_000): Promise<void> {
  const deadline = performance.now() + withinMs
  while (!what()) {
    if (performance.now() > deadline) throw new Error(`not true within ${withinMs} ms: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}
