import { pushIterator, StreamOverflow } from '@guildhall/kit/push-iterator'
import type { ExecutionArgs, ExecutionResult, FormattedExecutionResult, GraphQLError } from 'graphql'
import type { ServerOptions } from 'graphql-ws'
import type { ErrorMask } from '../operations/errors.ts'
import type { Operations } from '../operations/operations.ts'
import { closeCodes } from './close-codes.ts'
import { isRefused, type Preparation, type Prepared, prepareOperation } from './prepare.ts'
import { badRequest, tooManySubscriptions } from './refusals.ts'
import { maskResult, runOperation } from './run-operation.ts'
import type { SocketSession } from './socket-session.ts'
import type { Streams } from './streams.ts'
import { type PlannedStream, planStream } from './subscriptions.ts'

/** What graphql-ws keeps per socket. */
export interface SocketExtra extends Record<PropertyKey, unknown> {
  session: SocketSession
  /** The view that the socket's path names. */
  view: string
}

/** What operations over sockets are run with: the same parts that serve HTTP. */
export interface SocketOperations extends Preparation {
  operations: Operations
  mask: ErrorMask
  streams: Streams
  subscriptionsPerSocket: number
}

/** What `onSubscribe` found out about an operation, for `subscribe` and `execute`. */
interface PreparedArgs extends ExecutionArgs {
  contextValue: { id: string; session: SocketSession; prepared: Prepared }
}

type Hooks = Pick<
  ServerOptions<Record<string, unknown>, SocketExtra>,
  'onSubscribe' | 'execute' | 'subscribe' | 'onNext' | 'onError' | 'onComplete'
>

/** Every event of a stream repeats the id that the client gave it. */
const maxIdLength = 128

/**
 * Queries and mutations run as if they had come over HTTP; subscriptions get the same limits, validation, access filter
 * and masking.
 */
export function socketOperations(options: SocketOperations): Hooks {
  const { operations, mask, streams, subscriptionsPerSocket } = options

  return {
    async onSubscribe(
      { extra, subscriptions },
      id,
      payload,
    ): Promise<PreparedArgs | readonly GraphQLError[]> {
      if (id.length > maxIdLength) return [badRequest(`An id has at most ${maxIdLength} characters.`)]
      // This one is counted already.
      if (Object.keys(subscriptions).length > subscriptionsPerSocket)
        return [tooManySubscriptions(subscriptionsPerSocket)]
      const prepared = await prepareOperation(options, extra.view, payload, extra.session.caller)
      if (isRefused(prepared)) return prepared
      const { view, request } = prepared
      return {
        schema: view.schema,
        document: request.document,
        operationName: request.operationName,
        contextValue: { id, session: extra.session, prepared },
      }
    },
    async execute(args) {
      const { id, session, prepared } = (args as PreparedArgs).contextValue
      try {
        return await session.run(id, (scope) => runOperation(operations, prepared, session.caller(), scope))
      } catch (error) {
        return maskResult({ errors: [error as GraphQLError] }, mask, prepared.request)
      }
    },
    async subscribe(args) {
      const { id, session, prepared } = (args as PreparedArgs).contextValue
      try {
        const stream = planStream(prepared.view, prepared.request, session.caller())
        return 'primary' in stream
          ? joined(streams, stream, session, id)
          : maskResult(stream, mask, prepared.request)
      } catch (error) {
        return maskResult({ errors: [error as GraphQLError] }, mask, prepared.request)
      }
    },
    // Results are masked where they are made; graphql-ws would look for methods that plain errors do not have.
    onNext: (_socket, _id, _payload, _args, result) => result as FormattedExecutionResult,
    onComplete: ({ extra }, id) => extra.session.answered(id),
    onError({ extra }, _id, _payload, errors) {
      if (errors.some(({ originalError }) => originalError instanceof StreamOverflow)) {
        extra.session.close(closeCodes.tryLater, 'Too slow')
      }
      return errors.map((error) => mask(error))
    },
  }
}

/**
 * What graphql-ws waits for: the end of the stream, and nothing else. The events go out beside it, as text that was made
 * once for everybody.
 */
function joined(
  streams: Streams,
  stream: PlannedStream,
  session: SocketSession,
  id: string,
): AsyncIterableIterator<ExecutionResult> {
  const { sender, caller } = session
  return pushIterator<ExecutionResult>(({ end, fail }) => {
    const leave = streams.join(stream, {
      caller,
      next: (payload) => sender.push(`{"id":${JSON.stringify(id)},"type":"next","payload":${payload}}`),
      taken: sender.taken,
      end: (error) => (error === undefined ? end() : fail(error)),
    })
    session.streams(id, fail)
    return leave
  })
}
