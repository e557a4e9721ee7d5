import { type ExecutionResult, OperationTypeNode } from 'graphql'
import type { CallerChange } from '../callers/caller-resolver.ts'
import type { PlannableOperation } from '../execution/plans.ts'
import type { RequestContext } from '../execution/request-context.ts'
import type { SharedRedis } from '../redis.ts'
import type { SchemaView } from '../schema/views.ts'
import { answerKey } from './answer-key.ts'
import { type AnswerStore, type AnswerStoreStats, createMemoryStore } from './answer-store.ts'
import { type CachePolicy, cachePolicyOf } from './policy.ts'
import { createRedisStore } from './redis-store.ts'

/** What an operator may decide about answers that are given again. */
export interface CacheTuning {
  /** Room for answers in memory; 0: none are kept. Default: 32. */
  megabytes?: number | undefined
}

/** Answers of queries whose fields allow it are given again for a while. */
export interface AnswerCache {
  /** The place of an answer; undefined where nothing is remembered or forgotten. */
  entryOf(view: SchemaView, asked: PlannableOperation, context: RequestContext): AnswerEntry | undefined
  /** Rights of somebody may have shrunk. */
  onChange(change: CallerChange): void
  stats(): AnswerCacheStats
}

/** Where the answer of one operation is looked for, and then kept. */
export interface AnswerEntry {
  find(): Promise<KeptAnswer | undefined>
  /** To be called with what was answered. @returns headers that tell how long it is good. */
  keep(result: ExecutionResult): Promise<Headers | undefined>
}

export interface KeptAnswer {
  result: ExecutionResult
  headers: Headers
}

type Headers = Readonly<Record<string, string>>

export interface AnswerCacheStats extends AnswerStoreStats {
  hits: number
  misses: number
}

const defaultMegabytes = 32

/** @param redis shared by several routers; it then holds the answers instead of our memory. */
export function createAnswerCache(tuning: CacheTuning = {}, redis?: SharedRedis): AnswerCache {
  const { megabytes = defaultMegabytes } = tuning
  const isOn = megabytes > 0
  const memory = createMemoryStore(Math.max(1, megabytes) * 1024 * 1024)
  const store = redis ? createRedisStore(redis) : memory
  const counts = { hits: 0, misses: 0 }

  const queryEntry = (policy: CachePolicy, key: string, owner: string | undefined): AnswerEntry => {
    let epoch: number | undefined
    return {
      async find() {
        if (!isOn) return undefined
        const found = await store.find(key, owner)
        epoch = found.epoch
        if (!found.answer) {
          counts.misses += 1
          return undefined
        }
        counts.hits += 1
        const age = Math.max(0, Math.floor((Date.now() - found.answer.storedAt) / 1_000))
        const { data } = found.answer
        return { result: { data }, headers: { ...headersOf(policy), age: String(age) } }
      },
      async keep({ data, errors }) {
        if (!data || errors) return undefined
        if (epoch !== undefined) await store.keep(key, owner, epoch, data, policy.maxAgeSeconds)
        return headersOf(policy)
      },
    }
  }

  return {
    entryOf(view, asked, context) {
      const { operation, variables } = asked
      const me = ownerOf(context)
      if (operation.operation === OperationTypeNode.MUTATION) return me ? mutationEntry(store, me) : undefined
      const policy = cachePolicyOf(view.state, asked)
      if (policy.maxAgeSeconds === 0) return undefined
      const { scope } = policy
      const key = answerKey({ view, operation: asked, variables, scope, caller: context.caller })
      return queryEntry(policy, key, scope === 'PUBLIC' ? undefined : me)
    },
    onChange({ userId }) {
      if (userId !== undefined) void store.drop(userId)
    },
    stats: () => ({ ...store.stats(), ...counts }),
  }
}

/** Whoever has changed something sees it in their next answer. */
const mutationEntry = (store: AnswerStore, owner: string): AnswerEntry => ({
  find: async () => undefined,
  async keep() {
    await store.drop(owner)
    return undefined
  },
})

const headersOf = ({ maxAgeSeconds, scope }: CachePolicy): Headers => ({
  'cache-control': `max-age=${maxAgeSeconds}, ${scope.toLowerCase()}`,
  vary: 'Accept, Authorization',
})

const ownerOf = ({ caller: { caller } }: RequestContext): string | undefined =>
  caller.kind === 'user' ? caller.userId : undefined
