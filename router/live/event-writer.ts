import type { ServerResponse } from 'node:http'
import { createBacklog, drained } from './backlog.ts'
import type { LiveLimits } from './limits.ts'

/** One stream of server-sent events. */
export interface EventWriter {
  /** Sends one result as JSON text; cuts a client that does not read. */
  next(payload: string): void
  /** Undefined, or what resolves when what was sent has been taken. */
  taken(): Promise<void> | undefined
  /** A comment: keeps what is in between from closing a silent connection. */
  beat(): void
  /** Says that there is no more, and ends. */
  complete(): void
  /** Ends without that: clients come again. */
  cut(): void
}

export function createEventWriter(
  response: ServerResponse,
  limits: Pick<LiveLimits, 'waitingEvents' | 'waitingBytes'>,
): EventWriter {
  const mayPush = createBacklog(limits)
  return {
    next(payload) {
      if (response.writableEnded || response.destroyed) return
      if (mayPush(response.writableLength)) response.write(`event: next\ndata: ${payload}\n\n`)
      else response.destroy()
    },
    taken: () => (response.writableNeedDrain ? drained(response) : undefined),
    beat() {
      // Who does not even take that is found by what waits, not by this.
      if (!response.writableEnded && !response.writableNeedDrain) response.write(':\n\n')
    },
    complete: () => void response.end('event: complete\ndata: \n\n'),
    cut: () => void response.end(),
  }
}
