import { type DocumentNode, GraphQLError, type OperationDefinitionNode } from 'graphql'
import type { ResolvedCaller } from '../execution/request-context.ts'
import type { SharedRedis } from '../redis.ts'
import type { SchemaState } from '../schema/schema-state.ts'
import { createDemandControl, type DemandTuning, defaultDemand } from './demand/demand-control.ts'
import { defaultLimits, findExcess, isDeeperThan, type OperationLimits } from './limits.ts'
import { createRates, type RateTuning } from './rates.ts'

/** A valid operation of a caller, about to be planned. */
export interface Arrival {
  state: SchemaState
  document: DocumentNode
  operation: OperationDefinitionNode
  variables: Readonly<Record<string, unknown>>
  caller: ResolvedCaller
}

/** What every operation passes, whichever way it comes: HTTP, WebSocket or server-sent events. */
export interface Gate {
  readonly limits: OperationLimits
  /** Why a document is not even validated. Empty: it may be. */
  excessOf(document: DocumentNode): readonly GraphQLError[]
  /**
   * Lets one operation in. To be asked once for each, after validation and before planning.
   *
   * @returns what it may cost at most; for a subscription, its beginning and one event.
   * @throws GraphQLError with a code and, for HTTP, `extensions.http`.
   */
  admit(arrival: Arrival): Promise<number>
  /**
   * What was refused before it was let in costs little, but not nothing: otherwise refusals could be had without end.
   *
   * @throws GraphQLError RATE_LIMITED when the caller has spent everything.
   */
  charge(caller: ResolvedCaller): Promise<void>
}

/** What an operator may decide about what clients ask; everything has a default. */
export interface GateTuning {
  limits?: Partial<OperationLimits>
  /** Default: costs are measured, and nothing is refused. */
  demand?: Partial<DemandTuning>
  /** Default: no limit. */
  rates?: RateTuning
}

export function createGate(tuning: GateTuning = {}, redis?: SharedRedis): Gate {
  const limits = { ...defaultLimits, ...tuning.limits }
  const costOf = createDemandControl({ ...defaultDemand, ...tuning.demand }, limits.pageSize)
  const rates = tuning.rates && createRates(tuning.rates, redis)
  return {
    limits,
    excessOf: (document) => findExcess(document, limits),
    async admit(arrival) {
      // The variables themselves are an object.
      if (isDeeperThan(limits.variablesDepth + 1, arrival.variables)) {
        throw tooDeep(limits.variablesDepth)
      }
      const cost = costOf(arrival)
      await rates?.spend(arrival.caller.payer, cost)
      return cost
    },
    async charge({ payer }) {
      await rates?.spend(payer, refusedCost)
    },
  }
}

const refusedCost = 1

const tooDeep = (levels: number) =>
  new GraphQLError(`The variables are nested deeper than ${levels} levels.`, {
    extensions: { code: 'BAD_USER_INPUT', http: { status: 400 } },
  })
