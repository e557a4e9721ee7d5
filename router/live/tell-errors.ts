import type { Caller } from '@guildhall/kit/caller'
import type { Log } from '@guildhall/kit/log'
import type { TraceContext } from '@guildhall/kit/tracing/trace-context'
import { GraphQLError, type GraphQLFormattedError } from 'graphql'
import type { ErrorMask } from '../operations/errors.ts'
import { longestName } from '../operations/operation-log.ts'

/** Which operation errors belong to, and whose it is. */
export interface About {
  requestId: string
  trace: TraceContext
  operationName?: string | null | undefined
  /** Absent where several get the same. */
  caller?: Caller | undefined
}

type Happening = 'operation refused' | 'event with errors' | 'stream ended by an error'

/** Errors → what a client may know of them. One line of the log has the ids under which the client knows them. */
export type TellErrors = (
  what: Happening,
  errors: readonly unknown[],
  about: About,
) => readonly GraphQLFormattedError[]

export interface TellerOptions {
  mask: ErrorMask
  log: Log
  /** Counts what is not begun, by its code. */
  rejected?: ((code: string) => void) | undefined
}

/** For what is answered over sockets and event streams; queries and mutations that run have a line of their own. */
export function createTeller({ mask, log, rejected }: TellerOptions): TellErrors {
  return (what, errors, about) => {
    const { requestId, trace, operationName, caller } = about
    const masked = errors.map((error) => mask(error, about))
    const codes = [...new Set(masked.map(({ extensions }) => String(extensions?.code)))]
    if (what === 'operation refused') rejected?.(codes[0] ?? '')
    log.info(
      {
        requestId,
        trace_id: trace.traceId,
        operation: operationName?.slice(0, longestName),
        viewer: caller?.kind === 'user' ? caller.userId : undefined,
        codes,
        errorIds: masked.map(({ extensions }) => extensions?.errorId),
      },
      what,
    )
    return masked
  }
}

const told = new WeakMap<GraphQLError, GraphQLFormattedError>()

/** What was told already, in the only form in which graphql-ws passes errors on. */
export function asThrown(masked: GraphQLFormattedError): GraphQLError {
  const error = new GraphQLError(masked.message)
  told.set(error, masked)
  return error
}

/** The inverse of {@link asThrown}, also where graphql-ws has wrapped it. Undefined: nobody has told of this error. */
export const toldAs = (error: GraphQLError): GraphQLFormattedError | undefined =>
  told.get(error) ?? told.get(error.originalError as GraphQLError)
