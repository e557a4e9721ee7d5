import { type DocumentNode, GraphQLError, type OperationDefinitionNode } from 'graphql'
import type { ResolvedCaller } from '../execution/request-context.ts'
import type { SchemaState } from '../schema/schema-state.ts'
import { defaultLimits, findExcess, isDeeperThan, type OperationLimits } from './limits.ts'

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
   * @throws GraphQLError with a code and, for HTTP, `extensions.http`.
   */
  admit(arrival: Arrival): Promise<void>
}

/** What an operator may decide about what clients ask; everything has a default. */
export interface GateTuning {
  limits?: Partial<OperationLimits>
}

export function createGate(tuning: GateTuning = {}): Gate {
  const limits = { ...defaultLimits, ...tuning.limits }
  return {
    limits,
    excessOf: (document) => findExcess(document, limits),
    async admit({ variables }) {
      // The variables themselves are an object.
      if (isDeeperThan(limits.variablesDepth + 1, variables)) {
        throw refusal(
          'BAD_USER_INPUT',
          `The variables are nested deeper than ${limits.variablesDepth} levels.`,
        )
      }
    },
  }
}

const refusal = (code: string, message: string) =>
  new GraphQLError(message, { extensions: { code, http: { status: 400 } } })
