import { ServiceUnavailable } from '@guildhall/kit/errors'

/** Registrations of one event that this process works on at once; the database takes them one by one anyway. */
const width = 4

/** Whoever waited longer is not waited for any more. */
const patienceMs = 5_000

interface Line {
  inside: number
  waiting: (() => void)[]
}

const lines = new Map<string, Line>()

/**
 * Lets people in to one event a few at a time. When registration opens, hundreds come in one second: without the
 * turnstile they would take every connection of the process, only to wait there for the lock on the event's seats.
 *
 * @throws ServiceUnavailable after five seconds in the line.
 */
export async function inTurn<T>(eventId: string, work: () => Promise<T>): Promise<T> {
  const line = lines.get(eventId) ?? { inside: 0, waiting: [] }
  lines.set(eventId, line)
  const cameAt = performance.now()
  if (line.inside < width) line.inside++
  else await new Promise<void>((enter) => line.waiting.push(enter))
  try {
    if (performance.now() - cameAt > patienceMs)
      throw new ServiceUnavailable('Too many people at once, try again.')
    return await work()
  } finally {
    const next = line.waiting.shift()
    if (next) next()
    else if (--line.inside === 0) lines.delete(eventId)
  }
}
