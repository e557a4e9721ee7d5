import { Forbidden, RateLimited, ServiceUnavailable, Unauthenticated } from '@guildhall/kit/errors'
import { traceHeader } from '@guildhall/kit/tracing/trace-context'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { type GraphQLError, type GraphQLFormattedError, OperationTypeNode } from 'graphql'
import type { CallerResolver } from '../callers/caller-resolver.ts'
import type { ClientReader } from '../callers/client.ts'
import { openScope } from '../execution/request-scope.ts'
import type { Operations } from '../operations/operations.ts'
import { mutationByGet } from '../operations/refusals.ts'
import type { Admission } from './admission.ts'
import { createEventWriter, type EventWriter } from './event-writer.ts'
import type { LiveLimits } from './limits.ts'
import {
  aboutOf,
  isRefused,
  type OperationPayload,
  type Preparation,
  type Prepared,
  prepareOperation,
} from './prepare.ts'
import { tokenExpired } from './refusals.ts'
import { maskResult, runOperation } from './run-operation.ts'
import { createStanding, type Dismissal, type Standing } from './standing.ts'
import type { Streams } from './streams.ts'
import { planStream } from './subscriptions.ts'
import type { TimerWheel } from './timer-wheel.ts'

export interface EventStreamsOptions extends Preparation {
  operations: Operations
  callers: CallerResolver
  clientOf: ClientReader
  streams: Streams
  limits: LiveLimits
  admission: Admission
  wheel: TimerWheel
  heartbeatMs: number
  deadlineMs: number
}

/** Answers a request that wants server-sent events. @throws what is answered as plain HTTP. */
export type ServeEvents = (
  request: FastifyRequest,
  reply: FastifyReply,
  view: string,
  sent: OperationPayload,
) => Promise<FastifyReply>

/** GraphQL over SSE in its "distinct connections" mode: one request, one operation, one stream of events. */
export interface EventStreams {
  serve: ServeEvents
  /** Ends all streams so that their clients come back elsewhere. */
  close(): void
  count(): number
}

interface OpenStream {
  standing: Standing
  writer: EventWriter
}

/** How an answer comes to its end: by a last result, or by an error. */
interface Ending {
  end(result: object): void
  fail(error: unknown): void
}

/** What runs as one stream of events is prepared, shared, limited and masked as it is over sockets. */
export function createEventStreams(options: EventStreamsOptions): EventStreams {
  const { operations, callers, clientOf, tell, streams, limits, admission, wheel, deadlineMs } = options
  const open = new Set<OpenStream>()
  let closing = false
  const heartbeat = setInterval(() => {
    for (const { writer } of open) writer.beat()
  }, options.heartbeatMs)
  heartbeat.unref()
  const stopListening = callers.onChange((change) => {
    for (const { standing } of open) standing.recheck(change)
  })

  const enter = (request: FastifyRequest, reply: FastifyReply) => {
    if (closing) throw new ServiceUnavailable()
    const visitor = admission.enter(clientOf(request.raw).address)
    if (!visitor) throw new RateLimited(tooMany)
    reply.raw.once('close', visitor.leave)
    return visitor
  }

  return {
    async serve(request, reply, view, sent) {
      const visitor = enter(request, reply)
      let dismissed: Dismissal | undefined
      let dismiss = (why: Dismissal) => {
        dismissed = why
      }
      const standing = createStanding({
        callers,
        client: clientOf(request.raw),
        wheel,
        dismiss: (why) => dismiss(why),
      })
      reply.raw.once('close', standing.end)
      const { caller } = await standing.introduce(request.headers.authorization)
      if (!visitor.identify(caller)) throw new RateLimited(tooMany)
      const trace = request.headers[traceHeader]
      const payload = {
        ...sent,
        extensions: { ...(trace ? { [traceHeader]: trace } : {}), ...sent.extensions },
      }
      const asked = aboutOf(payload, standing.caller(), request.id)
      const prepared = await prepareOperation(options, view, payload, standing.caller, asked)
      const about = isRefused(prepared) ? asked : prepared.about
      if (request.method === 'GET' && isMutation(prepared)) throw mutationByGet()

      const writer = createEventWriter(begin(reply), limits)
      const entry = { standing, writer }
      open.add(entry)
      reply.raw.once('close', () => open.delete(entry))
      const end = (result: object) => {
        writer.next(JSON.stringify(result))
        writer.complete()
      }
      const fail = (error: unknown) => end({ errors: tell('stream ended by an error', [error], about) })
      dismiss = (why) => fail(reasons[why]())
      if (dismissed) dismiss(dismissed)
      else if (isRefused(prepared)) end({ errors: prepared })
      else if (isSubscription(prepared)) subscribe(prepared, standing, writer, reply, { end, fail })
      else await answer(prepared, standing, reply, { end, fail })
      return reply
    },
    close() {
      closing = true
      clearInterval(heartbeat)
      stopListening()
      for (const { writer } of open) writer.cut()
    },
    count: () => open.size,
  }

  function subscribe(
    { view, request, about }: Prepared,
    standing: Standing,
    writer: EventWriter,
    reply: FastifyReply,
    { end, fail }: Ending,
  ): void {
    try {
      const stream = planStream(view, request, standing.caller())
      if (!('primary' in stream)) {
        end(maskResult(stream, (errors) => tell('operation refused', errors, about)))
        return
      }
      const leave = streams.join(stream, {
        caller: standing.caller,
        next: writer.next,
        taken: writer.taken,
        end: (error) => (error === undefined ? writer.complete() : fail(error)),
      })
      reply.raw.once('close', leave)
    } catch (error) {
      fail(error)
    }
  }

  async function answer(
    prepared: Prepared,
    standing: Standing,
    { raw }: FastifyReply,
    { end, fail }: Ending,
  ): Promise<void> {
    const scope = openScope(deadlineMs)
    raw.once('close', () => (raw.writableFinished ? scope.end() : scope.abandon()))
    try {
      end(await runOperation(operations, prepared, standing.caller(), scope))
    } catch (error) {
      fail(error)
    }
  }
}

const tooMany = 'There are too many connections of yours, close others first.'

const reasons: Readonly<Record<Dismissal, () => GraphQLError>> = {
  'Token expired': tokenExpired,
  'Session ended': () => new Unauthenticated('The session has ended, log in again.'),
  'Rights changed': () => new Forbidden('Your rights have changed, subscribe again.'),
}

/** From here on the answer is ours to write, with the headers that it has so far. */
function begin(reply: FastifyReply) {
  const headers = { ...reply.getHeaders() }
  reply.hijack()
  reply.raw.writeHead(200, {
    ...headers,
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-cache, no-store, no-transform',
    // nginx would keep the events until it has enough of them.
    'x-accel-buffering': 'no',
  } as Record<string, string>)
  // Some browsers do not believe in a stream before its first bytes.
  reply.raw.write(':\n\n')
  return reply.raw
}

const kindOf = (prepared: Prepared | readonly GraphQLFormattedError[]) =>
  isRefused(prepared) ? undefined : prepared.request.operation.operation
const isMutation = (prepared: Prepared | readonly GraphQLFormattedError[]) =>
  kindOf(prepared) === OperationTypeNode.MUTATION
const isSubscription = (prepared: Prepared) => kindOf(prepared) === OperationTypeNode.SUBSCRIPTION
