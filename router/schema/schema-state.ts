import type { QueryPlanner } from '@apollo/query-planner'
import type { SubgraphUpstream } from '@guildhall/kit/upstream'
import { type AuthIndex, readAuthIndex } from '../access/auth-index.ts'
import { type CacheHints, readCacheHints } from '../cache/hints.ts'
import type { CachePolicy } from '../cache/policy.ts'
import { createPlanCache, type PlanCache, type PlanLookups } from '../execution/plans.ts'
import { createLru, type Lru } from '../lru.ts'
import { type CostIndex, readCostIndex } from '../operations/demand/cost-index.ts'
import type { GatewaySnapshot, GuildGateway } from './gateway.ts'
import { createViews, type SchemaViews } from './views.ts'

/** One generation of the supergraph; a request or a subscription keeps the one it started with. */
export interface SchemaState extends GatewaySnapshot {
  /** What each path serves of it. */
  views: SchemaViews
  authIndex: AuthIndex
  cacheHints: CacheHints
  /** What came of the hints, per operation. */
  cachePolicies: Lru<string, CachePolicy>
  costs: CostIndex
  plans: PlanCache
  upstreams: Readonly<Record<string, SubgraphUpstream>>
}

/** The supergraph that is served now, and those that requests under way began with. */
export interface SchemaDelivery {
  now(): SchemaState
  /**
   * Serves another supergraph from now on.
   *
   * @throws Error when it cannot be used; then nothing has changed.
   */
  update(supergraphSdl: string): void
  stop(): Promise<void>
}

const maxPolicies = 1_000

/** Loads the supergraph of a gateway. @throws Error when it cannot be used. */
export async function deliverSchema(
  gateway: GuildGateway,
  upstreams: SchemaState['upstreams'],
  contracts: readonly string[],
  measured: (planner: QueryPlanner) => QueryPlanner = (planner) => planner,
): Promise<SchemaDelivery> {
  const lookups: PlanLookups = { hits: 0, misses: 0 }
  const take = (): SchemaState => {
    const loaded = gateway.snapshot()
    const snapshot = { ...loaded, planner: measured(loaded.planner) }
    const state: SchemaState = {
      ...snapshot,
      views: createViews({ snapshot, contracts, state: () => state }),
      authIndex: readAuthIndex(snapshot.supergraphSchema),
      cacheHints: readCacheHints(snapshot.supergraphSchema),
      cachePolicies: createLru(maxPolicies),
      costs: readCostIndex(snapshot.supergraphSchema),
      plans: createPlanCache(lookups),
      upstreams,
    }
    return state
  }
  await gateway.load()
  let current = take()
  return {
    now: () => current,
    update(supergraphSdl) {
      gateway.update(supergraphSdl)
      current = take()
    },
    stop: () => gateway.stop(),
  }
}
