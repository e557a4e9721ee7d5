import type { ExecutionResult } from 'graphql'
import { Pool } from 'undici'
import { contextHeader } from './caller.ts'
import { GatewayTimeout, HouseError, ServiceUnavailable } from './errors.ts'
import { exchange, type HttpAnswer } from './http-exchange.ts'
import type { Log } from './log.ts'
import { createSharedExchanges, type GivingUp } from './shared-exchanges.ts'
import type { SubgraphRequest, SubgraphUpstream } from './upstream.ts'
import { createUpstreamSockets } from './upstream-sockets.ts'

/** How one subgraph is reached over the network. */
export interface HttpUpstreamOptions {
  /** The subgraph's GraphQL endpoint. */
  url: string
  /** The subgraph's name: goes into causes and logs, never into messages. */
  name: string
  /** Where its graphql-ws server listens; by default `url` with `ws` for `http`. */
  subscriptionUrl?: string
  /** An operation that takes longer fails with {@link GatewayTimeout}. */
  deadlineMs?: number
  connections?: number
  maxResponseBytes?: number
  /** How its socket is watched; see {@link UpstreamSocketOptions}. */
  pingMs?: number
  pongWaitMs?: number
  log?: Log
}

/** Shorter than the 65 s after which our servers close idle connections, so that a request never meets a closing one. */
const idleConnectionMs = 30_000
const megabyte = 1024 * 1024

/** A subgraph over HTTP: pooled connections for operations, one shared graphql-ws socket for subscriptions. */
export function createHttpUpstream(options: HttpUpstreamOptions): SubgraphUpstream {
  const { url, name, deadlineMs = 5_000, maxResponseBytes = 10 * megabyte } = options
  const { origin, pathname, search } = new URL(url)
  const path = pathname + search
  const pool = new Pool(origin, {
    connections: options.connections ?? 32,
    keepAliveTimeout: idleConnectionMs,
    keepAliveMaxTimeout: 2 * idleConnectionMs,
    maxResponseSize: maxResponseBytes,
    connect: { timeout: Math.min(deadlineMs, 2_000) },
    // The deadline below is exact and covers the wait for a connection too; these two only guard against its absence.
    headersTimeout: deadlineMs + 1_000,
    bodyTimeout: deadlineMs + 1_000,
  })
  const sockets = createUpstreamSockets({
    url: options.subscriptionUrl ?? url.replace(/^http/, 'ws'),
    name,
    maxMessageBytes: maxResponseBytes,
    pingMs: options.pingMs,
    pongWaitMs: options.pongWaitMs,
    log: options.log,
  })

  const shared = createSharedExchanges<HttpAnswer>()
  const post = (body: string, headers: Record<string, string>, givingUp: GivingUp) =>
    exchange(pool, { method: 'POST', path, headers, body }, givingUp)
  /** Queries are sent once more when their connection was lost. */
  const ask = (body: string, headers: Record<string, string>, givingUp: GivingUp) => {
    let isGivenUp = false
    const noticed: GivingUp = {
      onFailure: (abort) =>
        givingUp.onFailure((reason) => {
          isGivenUp = true
          abort(reason)
        }),
    }
    return post(body, headers, noticed).catch((error: unknown) => {
      if (isGivenUp || !isConnectionLoss(error)) throw error
      return post(body, headers, noticed)
    })
  }
  const send = (request: SubgraphRequest, body: string, deadline: Deadline): Promise<HttpAnswer> => {
    const headers = headersOf(request)
    if (!isQuery(request.query)) return post(body, headers, deadline).finally(shared.forget)
    if (!request.mayShare) return ask(body, headers, deadline)
    return shared.share(sharedBy(request, body), deadline, (all) => ask(body, headers, all))
  }

  return {
    async execute(request) {
      const { query, operationName, variables, context, signal } = request
      if (signal?.aborted) throw asFault(name, signal.reason)
      const body = JSON.stringify({ query, operationName, variables })
      const deadline = startDeadline(name, deadlineMs, signal)
      try {
        const { status, text } = await send(request, body, deadline)
        // The subgraph does not trust our signature: nothing that the caller could mend by logging in.
        if (status === 401 && context) throw notGraphQL(name, 401, text)
        return readResult(name, status, text)
      } catch (error) {
        throw asFault(name, deadline.failure() ?? error)
      } finally {
        deadline.clear()
      }
    },
    subscribe: sockets.subscribe,
    async close() {
      await sockets.close()
      if (!pool.closed) await pool.close()
    },
  }
}

function headersOf({ headers, context }: SubgraphRequest): Record<string, string> {
  const sent: Record<string, string> = { 'content-type': 'application/json', accept: 'application/json' }
  if (headers) Object.assign(sent, headers)
  if (context) sent[contextHeader] = context
  return sent
}

/** What differs between requests that are otherwise the same, and says nothing of who asks for what. */
const perRequest: ReadonlySet<string> = new Set(['x-request-id', 'traceparent', 'tracestate'])

/** Requests share an exchange only when they ask the same in the same name, from the same place. */
function sharedBy({ headers, context }: SubgraphRequest, body: string): string {
  let who = context ?? ''
  for (const name in headers) if (!perRequest.has(name)) who += `\n${name}: ${headers[name]}`
  return `${who}\n\n${body}`
}

/** The end of the time that an operation has. */
interface Deadline extends GivingUp {
  /** Why the operation was given up, if it was. */
  failure(): unknown
  clear(): void
}

/** Gives up when time is up or when the sender of the request does, whichever comes first. */
function startDeadline(name: string, deadlineMs: number, outer: AbortSignal | undefined): Deadline {
  let failure: unknown
  let listener: ((reason: unknown) => void) | undefined
  const giveUp = (reason: unknown) => {
    failure ??= reason
    listener?.(failure)
  }
  const timer = setTimeout(() => {
    giveUp(new GatewayTimeout(undefined, new Error(`${name} took longer than ${deadlineMs} ms`)))
  }, deadlineMs)
  const abandoned = () => giveUp(outer?.reason)
  outer?.addEventListener('abort', abandoned, { once: true })
  return {
    failure: () => failure,
    // Calls back at once when it was given up already.
    onFailure(abort) {
      listener = abort
      if (failure) abort(failure)
    },
    clear() {
      clearTimeout(timer)
      outer?.removeEventListener('abort', abandoned)
    },
  }
}

/** GraphQL answers are data whatever the status; anything else is a fault of the subgraph. */
function readResult(name: string, status: number, text: string): ExecutionResult {
  let result: unknown
  try {
    result = JSON.parse(text)
  } catch {
    result = undefined
  }
  if (typeof result === 'object' && result !== null && ('data' in result || isErrorList(result))) {
    return result as ExecutionResult
  }
  throw notGraphQL(name, status, text)
}

const notGraphQL = (name: string, status: number, text: string) =>
  new ServiceUnavailable(undefined, new Error(`${name} answered ${status}: ${text.slice(0, 200)}`))

const isErrorList = (result: object): boolean =>
  'errors' in result && Array.isArray(result.errors) && result.errors.length > 0

/** The planner and our own callers write operations without leading comments. */
const isQuery = (query: string): boolean => /^\s*(query\b|\{)/.test(query)

const connectionLosses: ReadonlySet<unknown> = new Set(['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET'])
const timeouts: ReadonlySet<unknown> = new Set([
  'UND_ERR_HEADERS_TIMEOUT',
  'UND_ERR_BODY_TIMEOUT',
  'ETIMEDOUT',
])

const codeOf = (error: unknown): unknown =>
  typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined

const isConnectionLoss = (error: unknown): boolean => connectionLosses.has(codeOf(error))

/** Messages of network errors name hosts and ports: they stay in `cause`. */
function asFault(name: string, error: unknown): HouseError {
  if (error instanceof HouseError) return error
  const cause = new Error(`${name} is not reachable`, { cause: error })
  return timeouts.has(codeOf(error))
    ? new GatewayTimeout(undefined, cause)
    : new ServiceUnavailable(undefined, cause)
}
