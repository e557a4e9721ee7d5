import type { BatchHandler, Envelope } from './envelope.ts'

/** One event that waits for one consumer. */
export interface Delivery {
  seq: string
  aggregate: string
  attempts: number
  /** Whether it may be handled now; what stands behind one that may not waits as well. */
  isReady: boolean
  envelope: Envelope
}

/** What became of deliveries; those that are in neither list were not tried. */
export interface HandledInLanes {
  /** Numbers of those that had their effect. */
  handled: string[]
  failed: { row: Delivery; error: unknown }[]
}

/** So many handlers of one consumer are at work at a time, each with events of other aggregates. */
const lanes = 4
/** In one transaction: a backlog costs fewer round trips, and a failure does not undo too much. */
const deliveriesAtOnce = 16
/** No further event of a batch is begun after this: its transaction is cut when it is idle for ten seconds. */
const batchMs = 2_000

/**
 * Aggregates side by side, the events of each one after the other until one fails or the time is up. Where aggregates have
 * few events each, a handler gets those of several together.
 */
export async function handleInLanes(
  rows: readonly Delivery[],
  handle: BatchHandler,
): Promise<HandledInLanes> {
  const until = performance.now() + batchMs
  const result: HandledInLanes = { handled: [], failed: [] }
  const chains = [...Map.groupBy(rows, ({ aggregate }) => aggregate).values()].map(readyOf)
  const chainsPerTurn = Math.ceil(chains.length / lanes)
  const lane = async () => {
    while (chains.length > 0) {
      await handleInTurn(takeChains(chains, chainsPerTurn), { handle, until, result })
    }
  }
  await Promise.all(Array.from({ length: lanes }, lane))
  return result
}

function readyOf(chain: readonly Delivery[]): readonly Delivery[] {
  const firstUnready = chain.findIndex(({ isReady }) => !isReady)
  return firstUnready < 0 ? chain : chain.slice(0, firstUnready)
}

/** Takes enough chains for one transaction, in the order of their aggregates: commands lock rows of several in that order. */
function takeChains(chains: (readonly Delivery[])[], most: number): Delivery[] {
  let [count, deliveries] = [0, 0]
  while (count < most && deliveries < deliveriesAtOnce && count < chains.length) {
    deliveries += chains[count]?.length ?? 0
    count += 1
  }
  const taken = chains.splice(0, Math.max(1, count))
  return taken.sort(([one], [other]) => compare(one?.aggregate ?? '', other?.aggregate ?? '')).flat()
}

const compare = (one: string, other: string): number => (one < other ? -1 : Number(one > other))

interface Turn {
  handle: BatchHandler
  /** Of `performance.now()`. */
  until: number
  result: HandledInLanes
}

/** One that fails keeps back those behind it of its own aggregate alone. */
async function handleInTurn(deliveries: readonly Delivery[], { handle, until, result }: Turn): Promise<void> {
  let left = deliveries
  while (left.length > 0 && performance.now() < until) {
    const { count, error } = await handle(left.slice(0, deliveriesAtOnce).map(({ envelope }) => envelope))
    result.handled.push(...left.slice(0, count).map(({ seq }) => seq))
    const row = left[count]
    left = left.slice(count)
    if (error === undefined || !row) {
      if (count === 0) return
      continue
    }
    result.failed.push({ row, error })
    left = left.filter(({ aggregate }) => aggregate !== row.aggregate)
  }
}
