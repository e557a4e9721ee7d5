import type { ExecutionResult } from 'graphql'
import type { SchemaView } from '../schema/views.ts'
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
 *
 * @throws BadUserInput when a variable of `@skip` or `@include` is null.
 */
export async function runOperation(
  planned: Planned,
  { view, ...options }: OperationRun,
  logger: ExecutionLogger,
): Promise<ExecutionResult> {
  const { requests, shape } = planned.variantFor(view.schema, options.variables)
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
  if (errors.length > 0) return { data: shaped, errors }
  // Not for clients: nulls that a subgraph sent where its schema promises a value (often a reference to nothing).
  if (run.violations.size > 0) logger.debug({ valueCompletion: [...run.violations] })
  return { data: shaped }
}
