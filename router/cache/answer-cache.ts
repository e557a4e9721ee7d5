import { type ApolloServerPlugin, type GraphQLRequestContext, HeaderMap } from '@apollo/server'
import type { CallerChange } from '../callers/caller-resolver.ts'
import type { RequestContext } from '../execution/request-context.ts'
import type { SharedRedis } from '../redis.ts'
import type { SchemaDelivery } from '../schema/schema-state.ts'
import { answerKey } from './answer-key.ts'
import { type AnswerStore, type AnswerStoreStats, createMemoryStore } from './answer-store.ts'
import { type CachePolicy, cachePolicyOf, neverKept } from './policy.ts'
import { createRedisStore } from './redis-store.ts'

/** What an operator may decide about answers that are given again. */
export interface CacheTuning {
  /** Room for answers in memory; 0: none are kept. Default: 32. */
  megabytes?: number | undefined
}

/** Answers of queries whose fields allow it are given again for a while. */
export interface AnswerCache {
  plugin: ApolloServerPlugin<RequestContext>
  /** Rights of somebody may have shrunk. */
  onChange(change: CallerChange): void
  stats(): AnswerCacheStats
}

export interface AnswerCacheStats extends AnswerStoreStats {
  hits: number
  misses: number
}

const defaultMegabytes = 32

/** @param redis shared by several routers; it then holds the answers instead of our memory. */
export function createAnswerCache(
  viewOf: SchemaDelivery['viewOf'],
  tuning: CacheTuning = {},
  redis?: SharedRedis,
): AnswerCache {
  const { megabytes = defaultMegabytes } = tuning
  const isOn = megabytes > 0
  const memory = createMemoryStore(Math.max(1, megabytes) * 1024 * 1024)
  const store = redis ? createRedisStore(redis) : memory
  const counts = { hits: 0, misses: 0 }
  return {
    plugin: {
      async requestDidStart() {
        let asked: Asked | undefined
        let age: number | undefined
        return {
          async responseForOperation(request) {
            asked = read(request, viewOf)
            if (!isOn || !asked || asked.policy.maxAgeSeconds === 0) return null
            const { answer, epoch } = await store.find(asked.key, asked.owner)
            asked.epoch = epoch
            if (!answer) {
              counts.misses += 1
              return null
            }
            counts.hits += 1
            age = Math.max(0, Math.floor((Date.now() - answer.storedAt) / 1_000))
            return {
              http: { headers: new HeaderMap() },
              body: { kind: 'single', singleResult: { data: answer.data } },
            }
          },
          async willSendResponse(request) {
            await forgetAfterMutation(request, store)
            const { body, http } = request.response
            if (!asked || body.kind !== 'single') return
            const { data, errors } = body.singleResult
            const { policy, key, owner, epoch } = asked
            if (!data || errors || policy.maxAgeSeconds === 0) return
            http.headers.set(
              'cache-control',
              `max-age=${policy.maxAgeSeconds}, ${policy.scope.toLowerCase()}`,
            )
            http.headers.set('vary', 'Accept, Authorization')
            if (age !== undefined) http.headers.set('age', String(age))
            else if (epoch !== undefined) await store.keep(key, owner, epoch, data, policy.maxAgeSeconds)
          },
        }
      },
    },
    onChange({ userId }) {
      if (userId !== undefined) void store.drop(userId)
    },
    stats: () => ({ ...store.stats(), ...counts }),
  }
}

/** A query that may have an answer already. */
interface Asked {
  policy: CachePolicy
  key: string
  /** With whose answers it is dropped. */
  owner: string | undefined
  /** Set by the look into the store. */
  epoch?: number
}

type Resolved = GraphQLRequestContext<RequestContext>

function read(
  { schema, document, operation, queryHash, request, contextValue }: Resolved,
  viewOf: SchemaDelivery['viewOf'],
): Asked | undefined {
  if (!schema || !document || !queryHash || operation?.operation !== 'query') return undefined
  const view = viewOf(schema)
  const operationName = request.operationName ?? undefined
  const variables = request.variables ?? {}
  const plannable = { hash: queryHash, document, operation, operationName, variables }
  const policy = cachePolicyOf(view.state, plannable)
  if (policy.maxAgeSeconds === 0) return { policy: neverKept, key: '', owner: undefined }
  const { caller } = contextValue
  const { scope } = policy
  const key = answerKey({ view, operation: plannable, variables, scope, caller })
  return { policy, key, owner: scope === 'PUBLIC' ? undefined : ownerOf(contextValue) }
}

const ownerOf = ({ caller: { caller } }: RequestContext): string | undefined =>
  caller.kind === 'user' ? caller.userId : undefined

/** Whoever has changed something sees it in their next answer. */
async function forgetAfterMutation({ operation, contextValue }: Resolved, store: AnswerStore): Promise<void> {
  const owner = ownerOf(contextValue)
  if (operation?.operation === 'mutation' && owner !== undefined) await store.drop(owner)
}
