import type { WebSocket } from 'ws'

/** Asks sockets whether their client is still there. */
export interface Heartbeat {
  add(socket: WebSocket): void
  remove(socket: WebSocket): void
  stop(): void
}

const slotCount = 12

/** One timer for all sockets: each is pinged so often, a twelfth at a time, and cut when it has not answered until the next. */
export function createHeartbeat(everyMs: number): Heartbeat {
  const slots = Array.from({ length: slotCount }, () => new Set<WebSocket>())
  const silent = new Set<WebSocket>()
  const slotOf = new WeakMap<WebSocket, Set<WebSocket>>()
  let turn = 0
  function heard(this: WebSocket) {
    silent.delete(this)
  }
  const timer = setInterval(() => {
    turn = (turn + 1) % slotCount
    for (const socket of slots[turn] ?? []) {
      if (silent.has(socket)) socket.terminate()
      else if (socket.readyState === socket.OPEN) {
        silent.add(socket)
        socket.ping()
      }
    }
  }, everyMs / slotCount)
  timer.unref()
  return {
    add(socket) {
      // The slot whose turn was last: a new socket has the longest time until its first ping.
      const slot = slots[turn]
      slot?.add(socket)
      if (slot) slotOf.set(socket, slot)
      socket.on('pong', heard)
    },
    remove(socket) {
      slotOf.get(socket)?.delete(socket)
      silent.delete(socket)
    },
    stop: () => clearInterval(timer),
  }
}
