import { randomUUID } from 'node:crypto'
import { type DocumentNode, type ExecutionResult, GraphQLError, parse, subscribe } from 'graphql'
import type { CallerVerifier } from './caller.ts'
import type { Client, Context, DomainRuntime } from './context.ts'
import { createContext } from './create-context.ts'
import { forLater, quietly } from './database.ts'
import type { SubgraphDefinition } from './define-subgraph.ts'
import { executeOperation } from './execution/execute.ts'
import type { Log } from './log.ts'
import { maskError } from './mask-errors.ts'
import { traceHeader } from './tracing/trace-context.ts'
import { clientHeaders, type SubgraphRequest, type SubgraphUpstream } from './upstream.ts'

/** A definition with everything it needs to answer. */
export interface SubgraphRuntime extends SubgraphUpstream {
  definition: SubgraphDefinition
  runtime: DomainRuntime
  /** The context of one operation. @throws Unauthenticated without a valid signed context. */
  contextFor(
    token: string | undefined,
    requestId?: string,
    client?: Client,
    traceparent?: unknown,
  ): Promise<Context>
  /** A context for the domain's own work, as this service. */
  ownContext(): Context
  /** The same for what is done by the clock, which is nobody's request and not counted as one. */
  scheduleContext(): Context
}

const parsedMax = 2_000

/**
 * Serves a domain inside this process: operations were validated and planned by the router, so they are parsed once,
 * remembered, and executed without a second validation.
 */
export function createSubgraphRuntime(
  definition: SubgraphDefinition,
  runtime: DomainRuntime,
  verify: CallerVerifier,
): SubgraphRuntime {
  const parsed = new Map<string, DocumentNode>()
  const documentOf = ({ query, document }: SubgraphRequest): DocumentNode => {
    if (document) return document
    const hit = parsed.get(query)
    if (hit) return hit
    if (parsed.size >= parsedMax) parsed.clear()
    const fresh = parse(query, { noLocation: true })
    parsed.set(query, fresh)
    return fresh
  }
  const contextFor: SubgraphRuntime['contextFor'] = async (
    token,
    requestId = randomUUID(),
    client = noClient,
    traceparent,
  ) =>
    createContext(
      runtime,
      { caller: await verify(token), token: token ?? '', requestId, client, traceparent },
      definition.makeLoaders,
    )
  const argumentsOf = async (request: SubgraphRequest) => ({
    schema: definition.graphqlSchema,
    document: documentOf(request),
    contextValue: await contextFor(
      request.context,
      request.headers?.['x-request-id'],
      clientOf(request.headers),
      request.headers?.[traceHeader],
    ),
    variableValues: request.variables ?? {},
    operationName: request.operationName ?? null,
  })

  const own = (using: DomainRuntime): Context =>
    createContext(
      using,
      { caller: { kind: 'service', service: definition.domain }, token: '', requestId: randomUUID() },
      definition.makeLoaders,
    )

  return {
    definition,
    runtime,
    contextFor,
    ownContext: () => own(runtime),
    scheduleContext: () => own({ ...runtime, database: quietly(forLater(runtime.database)) }),
    async execute(request) {
      try {
        const args = await argumentsOf(request)
        return masked(await executeOperation(args), args.contextValue)
      } catch (error) {
        return { data: null, errors: [asGraphQLError(error, runtime.log)] }
      }
    },
    subscribe: (request) => deferred(openStream(argumentsOf(request), runtime.log)),
    close: async () => {},
  }
}

const noClient: Client = { address: null, userAgent: null }

/** What the router says of the client, beside the signed context; see {@link clientHeaders}. */
export const clientOf = (headers: Readonly<Record<string, unknown>> = {}): Client => ({
  address: textOf(headers[clientHeaders.address]),
  userAgent: textOf(headers[clientHeaders.userAgent]),
})

const textOf = (value: unknown): string | null => (typeof value === 'string' && value ? value : null)

async function openStream(
  preparing: Promise<Parameters<typeof subscribe>[0] & { contextValue: Context }>,
  log: Log,
): Promise<AsyncIterator<ExecutionResult>> {
  let from: Logging = { log }
  try {
    const args = await preparing
    from = args.contextValue
    const opened = await subscribe(args)
    return Symbol.asyncIterator in opened ? mapped(opened, from) : single(masked(opened, from))
  } catch (error) {
    return single({ errors: [asGraphQLError(error, from.log)] })
  }
}

const asGraphQLError = (error: unknown, log: Log): GraphQLError => {
  const { message, ...rest } = maskError(error, log)
  return new GraphQLError(message, { path: rest.path ?? null, extensions: rest.extensions ?? {} })
}

/** Whose log tells which request it was; made when it is needed. */
type Logging = Pick<Context, 'log'>

const masked = (result: ExecutionResult, from: Logging): ExecutionResult =>
  result.errors
    ? { ...result, errors: result.errors.map((error) => asGraphQLError(error, from.log)) }
    : result

const mapped = (source: AsyncIterator<ExecutionResult>, from: Logging): AsyncIterator<ExecutionResult> => ({
  async next() {
    const { done, value } = await source.next()
    return done ? { done: true, value: undefined } : { done: false, value: masked(value, from) }
  },
  return: () => source.return?.() ?? Promise.resolve({ done: true, value: undefined }),
})

function single(result: ExecutionResult): AsyncIterator<ExecutionResult> {
  let given = false
  return {
    async next() {
      if (given) return { done: true, value: undefined }
      given = true
      return { done: false, value: result }
    },
  }
}

/** An iterator that is there at once although its source still opens; `return()` ends a source that opens later. */
function deferred(opening: Promise<AsyncIterator<ExecutionResult>>): AsyncIterableIterator<ExecutionResult> {
  return {
    [Symbol.asyncIterator]() {
      return this
    },
    next: async () => (await opening).next(),
    return: async () => {
      await (await opening).return?.()
      return { done: true, value: undefined }
    },
  }
}
