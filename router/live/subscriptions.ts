import type { FetchNode } from '@apollo/query-planner'
import { ServiceUnavailable } from '@guildhall/kit/errors'
import { type TraceContext, traceHeader, writeTraceparent } from '@guildhall/kit/tracing/trace-context'
import { type ExecutionResult, GraphQLError } from 'graphql'
import { variableErrors, withDenied } from '../execution/executor.ts'
import { type PlannableOperation, type Planned, planFor } from '../execution/plans.ts'
import { type ResolvedCaller, requestContext } from '../execution/request-context.ts'
import type { RequestScope } from '../execution/request-scope.ts'
import { type ExecutionLogger, runOperation } from '../execution/run-operation.ts'
import type { SchemaView } from '../schema/views.ts'

/** A valid subscription of a client. */
export interface SubscriptionRequest extends PlannableOperation {
  variables: Record<string, unknown>
  requestId: string
  trace: TraceContext
}

/**
 * How a subscription whose selection may span subgraphs is run, which Apollo's gateway cannot.
 *
 * The planner gives a primary fetch, which opens one stream at the subgraph that has the field, and the rest of the
 * plan. For each event the *whole* plan runs with the primary fetch answered by the event, exactly as for queries.
 */
export interface PlannedStream {
  /** The view of one generation of the supergraph that the stream keeps to its end. */
  view: SchemaView
  request: SubscriptionRequest
  planned: Planned
  primary: FetchNode
  /** Whether other subgraphs are asked for each event. */
  isHydrated: boolean
}

/** Plans a subscription for a caller, or gives the one result that says why there is no stream. */
export function planStream(
  view: SchemaView,
  request: SubscriptionRequest,
  { grants }: ResolvedCaller,
): PlannedStream | ExecutionResult {
  const errors = variableErrors(view, request)
  if (errors) return { errors }
  const planned = planFor(view.state, request, grants)
  if (!planned.plan) return { data: null, errors: planned.denied }
  const { node } = planned.plan
  if (node?.kind !== 'Subscription') return { errors: [notAStream()] }

  const { primary, rest } = node
  return { view, request, planned, primary, isHydrated: rest !== undefined }
}

/** Opens the stream at the subgraph in the name of a caller. */
export async function openUpstream(
  { view, request, primary }: PlannedStream,
  caller: ResolvedCaller,
): Promise<AsyncIterableIterator<ExecutionResult>> {
  const upstream = view.state.upstreams[primary.serviceName]
  if (!upstream) throw new ServiceUnavailable(undefined, new Error(`no upstream for ${primary.serviceName}`))
  return upstream.subscribe({
    query: primary.operation,
    document: primary.operationDocumentNode,
    operationName: primary.operationName,
    variables: pick(request.variables, primary.variableUsages ?? []),
    context: await caller.signedContext(),
    headers: {
      ...caller.headers,
      'x-request-id': request.requestId,
      [traceHeader]: writeTraceparent(request.trace),
    },
  })
}

/** The result of one event, as a caller may see it. @throws when the subgraph refused or broke the stream. */
export async function runEvent(
  stream: PlannedStream,
  event: ExecutionResult,
  caller: ResolvedCaller,
  scope: RequestScope,
  logger: ExecutionLogger,
): Promise<ExecutionResult> {
  const { view, request, primary, planned } = stream
  if (event.data === undefined) throw upstreamRefusal(event, primary.serviceName)
  const { variables, requestId, trace } = request
  const context = requestContext(caller, requestId, scope, trace)
  const result = await runOperation(planned, { view, variables, context, event }, logger)
  return withDenied(result, planned.denied)
}

/**
 * What a caller may not see any more of a stream that was planned for its earlier rights. Gained rights do not show:
 * a stream keeps the plan that it began with.
 */
export function lostParts({ view, request, planned }: PlannedStream, { grants }: ResolvedCaller) {
  const now = planFor(view.state, request, grants)
  if (now === planned) return []
  const before = new Set(planned.denied.map(({ path }) => path?.join('.')))
  return now.denied.filter(({ path }) => !before.has(path?.join('.')))
}

/** The subgraph refused or broke the stream as a whole: it ends with this error, which clients take as "resume". */
function upstreamRefusal({ errors }: ExecutionResult, serviceName: string): GraphQLError {
  const [first] = errors ?? []
  if (!first) return new ServiceUnavailable(undefined, new Error(`${serviceName} sent an empty result`))
  const extensions = { ...first.extensions, serviceName }
  return new GraphQLError(first.message, { extensions, originalError: first as Error })
}

function pick(variables: Record<string, unknown>, names: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(
    names.filter((name) => Object.hasOwn(variables, name)).map((name) => [name, variables[name]]),
  )
}

const notAStream = () =>
  new GraphQLError('This subscription selects nothing that can be streamed.', {
    extensions: { code: 'GRAPHQL_VALIDATION_FAILED' },
  })
