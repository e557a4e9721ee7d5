import { type ExecutionResult, GraphQLError } from 'graphql'
import type { SchemaView } from '../schema/views.ts'
import type { Renamed } from './plannable.ts'
import type { Planned } from './plans.ts'
import { type RunOptions, runRequests } from './run-plan.ts'
import { type ShapeRun, shapeObject } from './shape.ts'

/** One run of an operation, in the view that it was validated by. */
export interface OperationRun extends Omit<RunOptions, 'upstreams'> {
  view: SchemaView
}

/** Where what is no client's business is told. */
export interface ExecutionLogger {
  debug(facts: unknown): void
}

/**
 * Runs a planned operation and shapes the answer. Knows nothing of sockets or HTTP: a subscription calls it for each
 * event, with the event as the answer to its primary fetch.
 */
export async function runOperation(
  planned: Planned,
  { view, ...options }: OperationRun,
  logger: ExecutionLogger,
): Promise<ExecutionResult> {
  const { requests, shape } = planned.variantFor(view.schema)
  const { data, errors, shared } = await runRequests(requests, {
    ...options,
    upstreams: view.state.upstreams,
  })
  const run: ShapeRun = {
    variables: options.variables,
    violations: new Set(),
    shared,
    completed: new Map(),
  }
  const shaped = shapeObject(shape, data, run) ?? null
  if (errors.length > 0) return { data: shaped, errors: errorsAsWritten(errors, planned.renamed) }
  // Not for clients: nulls that a subgraph sent where its schema promises a value (often a reference to nothing).
  if (run.violations.size > 0) logger.debug({ valueCompletion: [...run.violations] })
  return { data: shaped }
}

/** Errors at the places of the client's answer. */
function errorsAsWritten(errors: readonly GraphQLError[], renamed: Renamed): readonly GraphQLError[] {
  if (renamed.size === 0) return errors
  const written = new Map<unknown, string>(Array.from(renamed, ([alias, safe]) => [safe, alias]))
  return errors.map((error) =>
    error.path?.some((step) => written.has(step))
      ? new GraphQLError(error.message, {
          path: error.path.map((step) => written.get(step) ?? step),
          extensions: error.extensions,
          originalError: error.originalError ?? error,
        })
      : error,
  )
}
