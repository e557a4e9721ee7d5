/** Where the giving-up of an exchange is announced; the last listener counts. */
export interface GivingUp {
  onFailure(abort: (reason: unknown) => void): void
}

/** What is under way, for those who would ask the very same. */
export interface SharedExchanges<Answer> {
  /**
   * Joins the exchange with this key, or starts one. Whoever gives up leaves it; when nobody waits any more it is given up.
   * Answers must be read only, or be read by each for itself.
   */
  share(key: string, own: GivingUp, start: (all: GivingUp) => Promise<Answer>): Promise<Answer>
  /** Nobody joins what is under way now: something may have been changed that it does not show. */
  forget(): void
}

/**
 * Clients that render several parts at once ask the same several times within milliseconds. Whoever asks later may have
 * changed something meanwhile, through another process too, and has to see it.
 */
const joinableForMs = 25

interface Flight<Answer> {
  startedAt: number
  waiting: number
  /** Absent once it is there: who still waits for it holds it. */
  answer: Promise<Answer> | undefined
  abort: (reason: unknown) => void
}

/**
 * Equal requests that are under way at the same time, sent once.
 *
 * Flights are never deleted one by one: maps that are filled for a moment take turns, and the older is dropped whole. V8
 * keeps the outgrown tables of a map in a chain, each with what it held then; where every request puts something in and
 * takes it out again, the first of them that has grown old keeps all others, and with them every request, until the next
 * full garbage collection (measured: 4 kB per request, a hundred megabytes).
 */
export function createSharedExchanges<Answer>(): SharedExchanges<Answer> {
  let young = new Map<string, Flight<Answer>>()
  let old = new Map<string, Flight<Answer>>()
  let youngSince = 0

  const takeOff = (key: string, now: number, start: (all: GivingUp) => Promise<Answer>): Flight<Answer> => {
    let listener: ((reason: unknown) => void) | undefined
    const answer = start({ onFailure: (abort) => (listener = abort) })
    const flight: Flight<Answer> = {
      startedAt: now,
      waiting: 0,
      answer,
      abort: (reason) => listener?.(reason),
    }
    const land = () => {
      flight.answer = undefined
      listener = undefined
    }
    answer.then(land, land)
    if (now - youngSince >= joinableForMs) {
      old = young
      young = new Map()
      youngSince = now
    }
    young.set(key, flight)
    return flight
  }

  return {
    share(key, own, start) {
      const now = performance.now()
      const known = young.get(key) ?? old.get(key)
      const isJoinable = known?.answer && known.waiting > 0 && now - known.startedAt < joinableForMs
      const flight = isJoinable ? known : takeOff(key, now, start)
      const { answer } = flight
      flight.waiting += 1
      return new Promise((resolve, reject) => {
        own.onFailure((reason) => {
          reject(reason)
          flight.waiting -= 1
          if (flight.waiting === 0) flight.abort(reason)
        })
        answer?.then(resolve, reject)
      })
    },
    forget() {
      young = new Map()
      old = new Map()
    },
  }
}
