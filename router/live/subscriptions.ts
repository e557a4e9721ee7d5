import type { GraphQLDataSource, ServiceMap } from '@apollo/gateway'
import type { FetchNode, QueryPlan } from '@apollo/query-planner'
import { ServiceUnavailable } from '@guildhall/kit/errors'
import { type ExecutionResult, GraphQLError, getVariableValues } from 'graphql'
import { type PlanRequest, runPlan } from '../execution/executor.ts'
import { type PlannableOperation, planFor } from '../execution/plans.ts'
import { type ResolvedCaller, requestContext } from '../execution/request-context.ts'
import { openScope, type RequestScope } from '../execution/request-scope.ts'
import type { SchemaState } from '../schema/schema-state.ts'
import type { SchemaView } from '../schema/views.ts'

/** A valid subscription of a client. */
export interface SubscriptionRequest extends PlannableOperation {
  variables: Record<string, unknown>
  requestId: string
  /** Asked for each event: a socket's caller is replaced when it gains rights. */
  caller(): ResolvedCaller
}

export interface SubscriptionOptions {
  /** How long the rest of the plan may take for one event. */
  deadlineMs: number
  logger: PlanRequest['logger']
}

/** What a subscription begins with: a stream of results, or the one result that says why there is none. */
export type SubscriptionStart = AsyncIterableIterator<ExecutionResult> | ExecutionResult

/**
 * Runs a subscription whose selection may span subgraphs, which Apollo's gateway cannot.
 *
 * The planner gives a primary fetch, which opens one stream at the subgraph that has the field, and the rest of the
 * plan. For each event the *whole* plan runs with the primary fetch answered by the event, so that the gateway's own code
 * does entity fetches, rewrites, error paths and null propagation exactly as for queries.
 */
export async function subscribe(
  view: SchemaView,
  request: SubscriptionRequest,
  options: SubscriptionOptions,
): Promise<SubscriptionStart> {
  const { state } = view
  const { operation, variables } = request
  const { errors } = getVariableValues(view.schema, operation.variableDefinitions ?? [], variables)
  if (errors) return { errors: errors.map(asBadInput) }

  const caller = request.caller()
  const { plan, denied } = planFor(state, request, caller.grants)
  if (!plan) return { data: null, errors: denied }
  const { node } = plan
  if (node?.kind !== 'Subscription') return { errors: [notAStream()] }

  const { primary, rest } = node
  const perEvent: QueryPlan = {
    kind: 'QueryPlan',
    node: rest ? { kind: 'Sequence', nodes: [primary, rest] } : primary,
  }
  const context = await caller.signedContext()
  const events = upstreamOf(state, primary).subscribe({
    query: primary.operation,
    document: primary.operationDocumentNode,
    operationName: primary.operationName,
    variables: pick(variables, primary.variableUsages ?? []),
    context,
    headers: requestHeaders(request),
  })
  return mapEvents(events, options.deadlineMs, async (event, scope) => {
    if (event.data === undefined) throw upstreamRefusal(event, primary.serviceName)
    const result = await runPlan(
      view,
      perEvent,
      {
        request: {
          variables,
          ...(request.operationName === undefined ? {} : { operationName: request.operationName }),
        },
        context: requestContext(request.caller(), request.requestId, scope),
        document: request.document,
        logger: options.logger,
        metrics: {},
      },
      request.operationName,
      answeredByEvent(state.services, primary, event),
    )
    return denied.length === 0 ? result : { ...result, errors: [...(result.errors ?? []), ...denied] }
  })
}

/** The subgraph refused or broke the stream as a whole: it ends with this error, which clients take as "resume". */
function upstreamRefusal({ errors }: ExecutionResult, serviceName: string): GraphQLError {
  const [first] = errors ?? []
  if (!first) return new ServiceUnavailable(undefined, new Error(`${serviceName} sent an empty result`))
  const extensions = { ...first.extensions, serviceName }
  return new GraphQLError(first.message, { extensions, originalError: first as Error })
}

const requestHeaders = (request: SubscriptionRequest) => ({
  ...request.caller().headers,
  'x-request-id': request.requestId,
})

function upstreamOf(state: SchemaState, { serviceName }: FetchNode) {
  const upstream = state.upstreams[serviceName]
  if (!upstream) throw new ServiceUnavailable(undefined, new Error(`no upstream for ${serviceName}`))
  return upstream
}

/** The first fetch with the primary's operation gets the event; later ones to the same subgraph are real. */
function answeredByEvent(services: ServiceMap, primary: FetchNode, event: ExecutionResult): ServiceMap {
  const real = services[primary.serviceName]
  let pending = true
  const source: GraphQLDataSource = {
    async process(options) {
      if (!pending || options.request.query !== primary.operation) {
        if (!real) throw new ServiceUnavailable()
        return real.process(options)
      }
      pending = false
      return event as Awaited<ReturnType<GraphQLDataSource['process']>>
    },
  }
  return { ...services, [primary.serviceName]: source }
}

/**
 * Not a generator: `return()` must reach the upstream at once, also while it waits for an event or while the rest of the
 * plan runs for one.
 */
function mapEvents(
  events: AsyncIterableIterator<ExecutionResult>,
  deadlineMs: number,
  run: (event: ExecutionResult, scope: RequestScope) => Promise<ExecutionResult>,
): AsyncIterableIterator<ExecutionResult> {
  let current: RequestScope | undefined
  let closed = false
  return {
    [Symbol.asyncIterator]() {
      return this
    },
    async next() {
      const { done, value } = await events.next()
      if (done || closed) return { done: true, value: undefined }
      const scope = openScope(deadlineMs)
      current = scope
      try {
        const result = await run(value, scope)
        return closed ? { done: true, value: undefined } : { done: false, value: result }
      } catch (error) {
        await events.return?.()
        throw error
      } finally {
        scope.end()
      }
    },
    async return() {
      closed = true
      current?.abandon()
      await events.return?.()
      return { done: true, value: undefined }
    },
    async throw(error) {
      await this.return?.()
      throw error
    },
  }
}

function pick(variables: Record<string, unknown>, names: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(
    names.filter((name) => Object.hasOwn(variables, name)).map((name) => [name, variables[name]]),
  )
}

const asBadInput = (error: GraphQLError) =>
  new GraphQLError(error.message, {
    nodes: error.nodes ?? null,
    extensions: { code: 'BAD_USER_INPUT' },
    originalError: error,
  })

const notAStream = () =>
  new GraphQLError('This subscription selects nothing that can be streamed.', {
    extensions: { code: 'GRAPHQL_VALIDATION_FAILED' },
  })
