import type { Duplex } from 'node:stream'
import type { WebSocket } from 'ws'
import type { LiveLimits } from './limits.ts'

/** What goes out to one client. */
export interface SocketSender {
  /** Resolves when the system has taken the text: answers and single streams wait for their reader. */
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
  /** At least as many events as wait: those pushed since nothing was waiting. */
  let waiting = 0
  return {
    send: (text) =>
      new Promise<void>((resolve, reject) => {
        if (socket.readyState !== socket.OPEN) return resolve()
        socket.send(text, (error) => (error ? reject(error) : resolve()))
      }),
    push(text) {
      if (socket.readyState !== socket.OPEN) return
      if (connection.writableLength === 0) waiting = 0
      else {
        waiting += 1
        if (waiting >= limits.waitingEvents || connection.writableLength > limits.waitingBytes)
          return onTooSlow()
      }
      socket.send(text)
    },
    taken: () => (connection.writableNeedDrain ? drained(connection) : undefined),
  }
}

/** Resolves when a stream takes more, or is gone. */
export function drained(connection: NodeJS.EventEmitter): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      connection.off('drain', done).off('close', done)
      resolve()
    }
    connection.once('drain', done).once('close', done)
  })
}
