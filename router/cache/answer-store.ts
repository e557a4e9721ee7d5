import type { ExecutionResult } from 'graphql'
import { LRUCache } from 'lru-cache'

export type AnswerData = NonNullable<ExecutionResult['data']>

/** A whole answer without errors. */
export interface StoredAnswer {
  data: AnswerData
  /** Unix milliseconds. */
  storedAt: number
}

/** What a look into a store found. */
export interface Found {
  answer?: StoredAnswer | undefined
  /** How often the answers of the owner had been dropped by then; what is stored later has to name it. */
  epoch: number
}

/** Answers for a while, and the means to forget all those of one person. */
export interface AnswerStore {
  /** @param owner whose answer it would be; none for public ones. */
  find(key: string, owner: string | undefined): Promise<Found>
  /** Keeps an answer, unless those of its owner were dropped since the look that gave the epoch. */
  keep(
    key: string,
    owner: string | undefined,
    epoch: number,
    data: AnswerData,
    seconds: number,
  ): Promise<void>
  drop(owner: string): Promise<void>
  stats(): AnswerStoreStats
}

export interface AnswerStoreStats {
  answers: number
  bytes: number
}

interface Entry extends StoredAnswer {
  epoch: number
}

/** Whose answers were dropped most lately; beyond that, age alone bounds what is given again. */
const maxEpochs = 50_000

/** One answer may take a sixteenth of the room, so that none drives out all others. */
const largestPart = 16

/** @param maxBytes counted as the JSON that was kept; as objects it takes some three times as much. */
export function createMemoryStore(maxBytes: number): AnswerStore {
  const entries = new LRUCache<string, Entry>({ maxSize: maxBytes, maxEntrySize: maxBytes / largestPart })
  const epochs = new LRUCache<string, number>({ max: maxEpochs })
  const epochOf = (owner: string | undefined) => (owner === undefined ? 0 : (epochs.get(owner) ?? 0))
  return {
    async find(key, owner) {
      const entry = entries.get(key)
      const epoch = epochOf(owner)
      return { answer: entry?.epoch === epoch ? entry : undefined, epoch }
    },
    async keep(key, owner, epoch, data, seconds) {
      if (epochOf(owner) !== epoch) return
      const size = Buffer.byteLength(JSON.stringify(data))
      entries.set(key, { data, epoch, storedAt: Date.now() }, { size, ttl: seconds * 1_000 })
    },
    async drop(owner) {
      epochs.set(owner, epochOf(owner) + 1)
    },
    stats: () => ({ answers: entries.size, bytes: entries.calculatedSize }),
  }
}
