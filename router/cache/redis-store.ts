import { z } from 'zod'
import type { SharedRedis } from '../redis.ts'
import type { AnswerStore, Found } from './answer-store.ts'

const prefix = 'guildhall:answers:'

/** Longer than any answer is kept: a count that is forgotten begins again where nothing of before is left. */
const epochSeconds = 24 * 3_600

const largestAnswerBytes = 1024 * 1024

const entrySchema = z.object({
  data: z.record(z.string(), z.unknown()),
  epoch: z.number(),
  storedAt: z.number(),
})

/** A store that several routers share. While Redis is away it is empty and keeps nothing. */
export function createRedisStore(redis: SharedRedis): AnswerStore {
  const keyOf = (key: string) => `${prefix}${key}`
  const epochKey = (owner: string | undefined) => `${prefix}epoch:${owner ?? ''}`
  const nothing: Found = { epoch: unknownEpoch }
  return {
    find: (key, owner) =>
      redis.ask(
        async (client) => {
          const [text, count] = await client.mGet([keyOf(key), epochKey(owner)])
          const epoch = Number(count ?? 0)
          const entry = text ? parsed(text) : undefined
          return { answer: entry?.epoch === epoch ? entry : undefined, epoch }
        },
        () => nothing,
      ),
    async keep(key, _owner, epoch, data, seconds) {
      const text = JSON.stringify({ data, epoch, storedAt: Date.now() })
      if (epoch === unknownEpoch || text.length > largestAnswerBytes) return
      await redis.ask(
        async (client) => {
          await client.set(keyOf(key), text, { expiration: { type: 'EX', value: seconds } })
        },
        () => {},
      )
    },
    async drop(owner) {
      await redis.ask(
        async (client) => {
          await client.multi().incr(epochKey(owner)).expire(epochKey(owner), epochSeconds).exec()
        },
        () => {},
      )
    },
    stats: () => ({ answers: 0, bytes: 0 }),
  }
}

/** Nobody could tell what was dropped by then. */
const unknownEpoch = -1

/** What somebody else has written there is nothing. */
function parsed(text: string) {
  try {
    return entrySchema.safeParse(JSON.parse(text)).data
  } catch {
    return undefined
  }
}
