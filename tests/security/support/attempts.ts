import { once } from 'node:events'
import { WebSocket } from 'ws'

/** What came of showing a bearer token. */
export interface Attempt {
  status: number
  text: string
}

/** Asks something harmless over HTTP. */
export async function overHttp(url: string, bearer: string): Promise<Attempt> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${bearer}` },
    body: JSON.stringify({ query: '{ me { id } }' }),
  })
  return { status: response.status, text: await response.text() }
}

/** Introduces itself over a socket; `text` is everything that was received before it was closed. */
export async function overSocket(url: string, bearer: string): Promise<Attempt> {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws')
  const received: string[] = []
  socket.on('message', (data) => {
    received.push(String(data))
    // Accepted: nothing more is wanted.
    socket.close(1000)
  })
  const closed = once(socket, 'close')
  await once(socket, 'open')
  socket.send(JSON.stringify({ type: 'connection_init', payload: { authorization: `Bearer ${bearer}` } }))
  const [status, reason] = (await closed) as [number, Buffer]
  return { status, text: [...received, String(reason)].join('\n') }
}

/** A live stream of somebody, and the code with which its socket is closed. */
export async function openStream(url: string, bearer: string): Promise<{ closed: Promise<number> }> {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws')
  const closed = new Promise<number>((resolve) => {
    socket.once('close', (code) => resolve(code))
  })
  await once(socket, 'open')
  socket.send(JSON.stringify({ type: 'connection_init', payload: { authorization: `Bearer ${bearer}` } }))
  await once(socket, 'message')
  const query = 'subscription { notificationStream { cursor } }'
  socket.send(JSON.stringify({ id: 's', type: 'subscribe', payload: { query } }))
  return { closed }
}
