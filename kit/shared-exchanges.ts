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
  answer: Promise<Answer>
  abort: (reason: unknown) => void
}

/** Equal requests that are under way at the same time, sent once. */
export function createSharedExchanges<Answer>(): SharedExchanges<Answer> {
  const flights = new Map<string, Flight<Answer>>()

  const takeOff = (key: string, start: (all: GivingUp) => Promise<Answer>): Flight<Answer> => {
    let listener: ((reason: unknown) => void) | undefined
    const flight: Flight<Answer> = {
      startedAt: performance.now(),
      waiting: 0,
      answer: start({ onFailure: (abort) => (listener = abort) }),
      abort: (reason) => listener?.(reason),
    }
    const land = () => {
      if (flights.get(key) === flight) flights.delete(key)
    }
    flight.answer.then(land, land)
    flights.set(key, flight)
    return flight
  }

  return {
    share(key, own, start) {
      const known = flights.get(key)
      const isJoinable = known && known.waiting > 0 && performance.now() - known.startedAt < joinableForMs
      const flight = isJoinable ? known : takeOff(key, start)
      flight.waiting += 1
      return new Promise((resolve, reject) => {
        own.onFailure((reason) => {
          reject(reason)
          flight.waiting -= 1
          if (flight.waiting === 0) flight.abort(reason)
        })
        flight.answer.then(resolve, reject)
      })
    },
    forget: () => flights.clear(),
  }
}
