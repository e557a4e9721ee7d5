import { once } from 'node:events'
import { WebSocket } from 'ws'

/** A message of graphql-ws. */
export interface Message {
  type: string
  id?: string
  payload?: unknown
}

/** A socket after its introduction, to send what no client would. */
export interface RawSocket {
  send(message: string | Buffer): void
  /** The first answer to one operation. */
  ask(payload: object): Promise<Message>
  /** The next message after this text. */
  askText(text: string): Promise<Message>
  received: string[]
  isOpen(): boolean
  closed: Promise<number>
  close(): void
}

/** @param headers of the request that becomes the socket. */
export async function openRawSocket(
  url: string,
  accessToken: string | null = null,
  headers: Record<string, string> = {},
): Promise<RawSocket> {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws', { headers })
  const received: string[] = []
  const waiting = new Set<() => void>()
  socket.on('message', (data) => {
    received.push(String(data))
    for (const look of waiting) look()
  })
  // The close that follows tells what was wrong.
  socket.on('error', () => {})
  const closed = new Promise<number>((resolve) => {
    socket.once('close', (code) => resolve(code))
  })
  /** The first fitting message from now on. */
  const next = (fits: (message: Message) => boolean) => {
    let seen = received.length
    return new Promise<Message>((resolve) => {
      const look = () => {
        for (; seen < received.length; seen += 1) {
          const message = JSON.parse(received[seen] ?? '') as Message
          if (!fits(message)) continue
          waiting.delete(look)
          return resolve(message)
        }
      }
      waiting.add(look)
    })
  }
  await once(socket, 'open')
  const acknowledged = next(({ type }) => type === 'connection_ack')
  const payload = accessToken ? { authorization: `Bearer ${accessToken}` } : {}
  socket.send(JSON.stringify({ type: 'connection_init', payload }))
  await acknowledged
  let count = 0
  return {
    send: (message) => socket.send(message),
    ask(payload) {
      count += 1
      const id = `ask-${count}`
      const answer = next((message) => message.id === id && message.type !== 'complete')
      socket.send(JSON.stringify({ id, type: 'subscribe', payload }))
      return answer
    },
    askText(text) {
      const answer = next(({ type }) => type !== 'complete')
      socket.send(text)
      return answer
    },
    received,
    isOpen: () => socket.readyState === socket.OPEN,
    closed,
    close: () => socket.close(1000),
  }
}
