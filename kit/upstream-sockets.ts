import type { ExecutionResult } from 'graphql'
import { type Client, createClient } from 'graphql-ws'
import { WebSocket } from 'ws'
import { ServiceUnavailable } from './errors.ts'
import type { Log } from './log.ts'
import { type PushSink, pushIterator } from './push-iterator.ts'
import { traceHeader } from './tracing/trace-context.ts'
import { clientHeaders, type SubgraphRequest, type SubgraphUpstream } from './upstream.ts'

export interface UpstreamSocketOptions {
  url: string
  name: string
  maxMessageBytes: number
  /** How long after an answer the next ping goes out. Default: 10 s. */
  pingMs?: number | undefined
  /** Answers to pings that take longer mean that the peer is gone although the connection looks open. Default: 5 s. */
  pongWaitMs?: number | undefined
  log?: Log | undefined
}

/** Subscriptions to one subgraph. */
export type UpstreamSockets = Pick<SubgraphUpstream, 'subscribe' | 'close'>

interface Connection {
  client: Client
  streams: Set<PushSink<ExecutionResult>>
}

/**
 * One lazily opened socket for all subscriptions to a subgraph; one per `authorization` header where a standalone
 * router forwards it, because foreign subgraphs read it from the connection and not from the operation.
 */
export function createUpstreamSockets(options: UpstreamSocketOptions): UpstreamSockets {
  const { url, name, maxMessageBytes, pingMs = 10_000, pongWaitMs = 5_000, log } = options
  const connections = new Map<string, Connection>()

  const connect = (authorization: string): Connection => {
    const streams: Connection['streams'] = new Set()
    let pongWait: NodeJS.Timeout | undefined
    /** Never reconnect silently, whatever the close code: events in between would be lost without notice. */
    const failAll = (cause: unknown) => {
      clearTimeout(pongWait)
      if (connections.get(authorization)?.client === client) connections.delete(authorization)
      if (streams.size > 0) log?.warn({ subgraph: name, streams: streams.size }, 'subscription socket lost')
      for (const stream of streams) stream.fail(lost(name, cause))
    }
    const client = createClient({
      url,
      webSocketImpl: socketClass(authorization, maxMessageBytes),
      ...(authorization ? { connectionParams: { authorization } } : {}),
      lazyCloseTimeout: 1_000,
      connectionAckWaitTimeout: 5_000,
      keepAlive: pingMs,
      retryAttempts: 0,
      on: {
        closed: failAll,
        error: failAll,
        ping: (received) => {
          if (!received) pongWait = setTimeout(() => client.terminate(), pongWaitMs)
        },
        pong: (received) => {
          if (received) clearTimeout(pongWait)
        },
      },
    })
    const connection = { client, streams }
    connections.set(authorization, connection)
    return connection
  }

  return {
    subscribe(request: SubgraphRequest): AsyncIterableIterator<ExecutionResult> {
      const authorization = request.headers?.authorization ?? ''
      const { client, streams } = connections.get(authorization) ?? connect(authorization)
      const { query, operationName, variables, context, headers, signal } = request
      return pushIterator<ExecutionResult>((stream) => {
        const unsubscribe = client.subscribe(
          {
            query,
            ...(operationName ? { operationName } : {}),
            ...(variables ? { variables } : {}),
            ...(context ? { extensions: extensionsOf(context, headers) } : {}),
          },
          {
            next: (result) => stream.push(result as ExecutionResult),
            // A list means that the subgraph refused the operation: data like any other result. Else the socket is lost.
            error: (error) => {
              if (!Array.isArray(error)) return stream.fail(lost(name, error))
              stream.push({ errors: error })
              stream.end()
            },
            complete: stream.end,
          },
        )
        streams.add(stream)
        if (signal?.aborted) stream.end()
        else signal?.addEventListener('abort', stream.end, { once: true })
        return () => {
          streams.delete(stream)
          signal?.removeEventListener('abort', stream.end)
          unsubscribe()
        }
      })
    },
    async close() {
      const closing = [...connections.values()]
      connections.clear()
      for (const { streams } of closing) for (const stream of streams) stream.end()
      await Promise.allSettled(closing.map(async ({ client }) => client.dispose()))
    },
  }
}

/** All operations share the headers of one connection: what differs goes with the operation. */
function extensionsOf(context: string, headers: SubgraphRequest['headers'] = {}): Record<string, unknown> {
  const told = toldHeaders.flatMap((name) => (headers[name] === undefined ? [] : [[name, headers[name]]]))
  const traceparent = headers[traceHeader]
  return {
    context,
    ...(traceparent ? { traceparent } : {}),
    ...(told.length > 0 ? { headers: Object.fromEntries(told) } : {}),
  }
}

const toldHeaders = ['x-request-id', clientHeaders.address, clientHeaders.userAgent]

/** Sockets report events, not errors; they name addresses, which stay in `cause`. */
function lost(name: string, event: unknown): ServiceUnavailable {
  const { code, reason, error } = event as { code?: number; reason?: string; error?: unknown }
  const cause = event instanceof Error ? event : (error ?? new Error(`closed with ${code} ${reason}`))
  return new ServiceUnavailable(undefined, new Error(`the socket to ${name} is lost`, { cause }))
}

const socketClass = (authorization: string, maxPayload: number) =>
  class extends WebSocket {
    constructor(address: string, protocols: string | string[]) {
      super(address, protocols, {
        maxPayload,
        handshakeTimeout: 2_000,
        perMessageDeflate: false,
        ...(authorization ? { headers: { authorization } } : {}),
      })
    }
  }
