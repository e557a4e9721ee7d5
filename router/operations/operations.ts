import {
  type ExecutionResult,
  type FormattedExecutionResult,
  type GraphQLError,
  getOperationAST,
  type OperationDefinitionNode,
  OperationTypeNode,
} from 'graphql'
import type { AnswerCache } from '../cache/answer-cache.ts'
import type { Execute } from '../execution/executor.ts'
import type { PlannableOperation } from '../execution/plans.ts'
import type { RequestContext } from '../execution/request-context.ts'
import type { SchemaView } from '../schema/views.ts'
import type { Documents } from './documents.ts'
import type { ErrorMask } from './errors.ts'
import type { Gate } from './gate.ts'
import { mutationByGet, notOverHttp, unresolved } from './refusals.ts'
import { headersOf, statusOf } from './statuses.ts'

/** A query or mutation as a client sent it; which text was meant by a hash is known already. */
export interface SentText {
  query: string
  operationName?: string | undefined
  variables?: Readonly<Record<string, unknown>> | undefined
  /** It came by GET, which changes nothing. */
  isRead?: boolean
}

/** What a client gets. */
export interface Answered {
  result: FormattedExecutionResult
  /** Of HTTP. */
  status: number
  headers: Readonly<Record<string, string>>
}

/** How an operation ended. */
export interface OperationEnd {
  /** Absent where it cannot be told. */
  operation: OperationDefinitionNode | undefined
  result: FormattedExecutionResult
}

/** Hears of the beginning of each operation, and gives who hears of its end. Must not throw. */
export type OperationWatch = (context: RequestContext) => (end: OperationEnd) => void

/** Queries and mutations, whichever way they came. */
export interface Operations {
  /** Never rejects: whatever goes wrong is masked and part of the answer. */
  run(view: SchemaView, sent: SentText, context: RequestContext): Promise<Answered>
}

export interface OperationsOptions {
  documents: Documents
  gate: Gate
  cache: AnswerCache
  execute: Execute
  mask: ErrorMask
  watches: readonly OperationWatch[]
}

/** What comes out before errors are masked. */
interface Outcome {
  result: ExecutionResult
  status?: number
  headers?: Readonly<Record<string, string>>
}

const noVariables = {}
const noHeaders = {}

/** Every operation's way: its text, whether it is valid, whether the caller may afford it, its answer (adr/0020). */
export function createOperations(options: OperationsOptions): Operations {
  const { documents, gate, cache, execute, mask, watches } = options

  const answer = async (
    view: SchemaView,
    asked: PlannableOperation,
    context: RequestContext,
  ): Promise<Outcome> => {
    const { document, operation, variables } = asked
    const { state } = view
    context.cost = await gate.admit({ state, document, operation, variables, caller: context.caller })
    const kept = cache.entryOf(view, asked, context)
    if (!kept) return { result: await execute(view, asked, context) }
    const found = await kept.find()
    if (found) return found
    const result = await execute(view, asked, context)
    return { result, headers: (await kept.keep(result)) ?? noHeaders }
  }

  return {
    async run(view, sent, context) {
      const ends = watches.map((watch) => watch(context))
      let operation: OperationDefinitionNode | undefined
      let outcome: Outcome
      try {
        const { document, hash } = documents.parse(sent.query)
        const { operationName, variables = noVariables } = sent
        operation = getOperationAST(document, operationName) ?? undefined
        if (operation?.operation === OperationTypeNode.SUBSCRIPTION) throw notOverHttp()
        const errors = documents.validate(view.schema, document)
        if (errors.length > 0) outcome = refused(errors)
        else if (!operation) throw unresolved()
        else if (sent.isRead && operation.operation !== OperationTypeNode.QUERY) throw mutationByGet()
        else outcome = await answer(view, { hash, document, operation, operationName, variables }, context)
      } catch (error) {
        outcome = refused([error])
      }
      if (context.cost === undefined) outcome = await charged(outcome, gate, context)
      const result = masked(outcome.result, mask, context)
      for (const end of ends) end({ operation, result })
      return {
        result,
        status: outcome.status ?? statusOfResult(result),
        headers: outcome.headers ?? noHeaders,
      }
    },
  }
}

/** Nothing was executed, or not to its end. */
const refused = (errors: readonly unknown[]): Outcome => ({
  // What is no GraphQL error is masked as one.
  result: { errors: errors as readonly GraphQLError[] },
  status: statusOf(errors[0], 500),
  headers: headersOf(errors[0]),
})

async function charged(outcome: Outcome, gate: Gate, { caller }: RequestContext): Promise<Outcome> {
  try {
    await gate.charge(caller)
    return outcome
  } catch (error) {
    return refused([error])
  }
}

/** Where not even the variables could be read there is no data, not even null. */
const statusOfResult = ({ data, errors }: FormattedExecutionResult): number =>
  errors && data === undefined ? 400 : 200

const masked = (
  { data, errors }: ExecutionResult,
  mask: ErrorMask,
  context: RequestContext,
): FormattedExecutionResult => {
  const formatted = errors?.map((error) => mask(error, context))
  return { ...(formatted ? { errors: formatted } : {}), ...(data === undefined ? {} : { data }) }
}
