import type { Duplex } from 'node:stream'
import type { WebSocket } from 'ws'
import { createBacklog, drained } from './backlog.ts'
import type { LiveLimits } from './limits.ts'

/** What goes out to one client. */
export interface SocketSender {
  /** Resolves when the system has taken the text: answers wait for their reader. */
  send(text: string): Promise<void>
  /** Sends at once, and calls `onTooSlow` instead when too much is waiting to be read. */
  push(text: string): void
  /** Undefined, or what resolves when what was pushed has been taken. */
  taken(): Promise<void> | undefined
}

/** @param connection what carries the socket: what waits there is what its client has not read. */
export function createSocketSender(
  socket: WebSocket,
  connection: Duplex,
  limits: Pick<LiveLimits, 'waitingEvents' | 'waitingBytes'>,
  onTooSlow: () => void,
): SocketSender {
  const mayPush = createBacklog(limits)
  return {
    send: (text) =>
      new Promise<void>((resolve, reject) => {
        if (socket.readyState !== socket.OPEN) return resolve()
        socket.send(text, (error) => (error ? reject(error) : resolve()))
      }),
    push(text) {
      if (socket.readyState !== socket.OPEN) return
      if (mayPush(connection.writableLength)) socket.send(text)
      else onTooSlow()
    },
    taken: () => (connection.writableNeedDrain ? drained(connection) : undefined),
  }
}
