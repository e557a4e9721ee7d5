import type { SubgraphUpstream } from '@guildhall/kit/upstream'
import { type AuthIndex, readAuthIndex } from '../access/auth-index.ts'
import { createPlanCache, type PlanCache } from '../execution/plans.ts'
import type { GatewaySnapshot, GuildGateway } from './gateway.ts'

/** One generation of the supergraph; a request or a subscription keeps the one it started with. */
export interface SchemaState extends GatewaySnapshot {
  authIndex: AuthIndex
  plans: PlanCache
  upstreams: Readonly<Record<string, SubgraphUpstream>>
}

/** Follows what the gateway loads. */
export function followSchema(
  gateway: GuildGateway,
  upstreams: Readonly<Record<string, SubgraphUpstream>>,
): () => SchemaState {
  let state: SchemaState | undefined
  gateway.onSchemaLoadOrUpdate(() => {
    const snapshot = gateway.snapshot()
    state = {
      ...snapshot,
      authIndex: readAuthIndex(snapshot.supergraphSchema),
      plans: createPlanCache(),
      upstreams,
    }
  })
  return () => {
    if (!state) throw new Error('the supergraph is not loaded yet')
    return state
  }
}
