import { pushIterator, StreamOverflow } from '@guildhall/kit/push-iterator'
import type {
  ExecutionArgs,
  ExecutionResult,
  FormattedExecutionResult,
  GraphQLError,
  GraphQLFormattedError,
} from 'graphql'
import type { ServerOptions } from 'graphql-ws'
import type { ErrorMask } from '../operations/errors.ts'
import type { Operations } from '../operations/operations.ts'
import { closeCodes } from './close-codes.ts'
import { aboutOf, isRefused, type Preparation, type Prepared, prepareOperation } from './prepare.ts'
import { badRequest, tooManySubscriptions } from './refusals.ts'
import { maskResult, runOperation } from './run-operation.ts'
import type { SocketSession } from './socket-session.ts'
import type { Streams } from './streams.ts'
import { type PlannedStream, planStream } from './subscriptions.ts'
import { asThrown, toldAs } from './tell-errors.ts'

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
  const { operations, mask, streams, subscriptionsPerSocket, tell } = options
  const refusal = (id: string, running: number): GraphQLError | undefined => {
    if (id.length > maxIdLength) return badRequest(`An id has at most ${maxIdLength} characters.`)
    return running > subscriptionsPerSocket ? tooManySubscriptions(subscriptionsPerSocket) : undefined
  }
  const notBegun = (result: ExecutionResult, { about }: Prepared) =>
    maskResult(result, (errors) => tell('operation refused', errors, about))

  return {
    async onSubscribe(
      { extra, subscriptions },
      id,
      payload,
    ): Promise<PreparedArgs | readonly GraphQLError[]> {
      const { caller } = extra.session
      const about = aboutOf(payload, caller())
      // This one is counted already.
      const refused = refusal(id, Object.keys(subscriptions).length + extra.session.runningOn())
      const prepared = refused
        ? tell('operation refused', [refused], about)
        : await prepareOperation(options, extra.view, payload, caller, about)
      if (isRefused(prepared)) return prepared.map(asThrown)
      const { view, request } = prepared
      return {
        schema: view.schema,
        document: request.document,
        operationName: request.operationName,
        contextValue: { id, session: extra.session, prepared },
      }
    },
    execute(args) {
      const { id, session, prepared } = (args as PreparedArgs).contextValue
      return session.run(id, async (scope) => {
        try {
          return await runOperation(operations, prepared, session.caller(), scope)
        } catch (error) {
          return notBegun({ errors: [error as GraphQLError] }, prepared)
        }
      })
    },
    async subscribe(args) {
      const { id, session, prepared } = (args as PreparedArgs).contextValue
      try {
        const stream = planStream(prepared.view, prepared.request, session.caller())
        if (!('primary' in stream)) return notBegun(stream, prepared)
        return joined(streams, stream, session, id, (error) =>
          tell('stream ended by an error', [error], prepared.about),
        )
      } catch (error) {
        return notBegun({ errors: [error as GraphQLError] }, prepared)
      }
    },
    // Results are masked where they are made; graphql-ws would look for methods that plain errors do not have.
    onNext: (_socket, _id, _payload, _args, result) => result as FormattedExecutionResult,
    onComplete: ({ extra }, id) => extra.session.answered(id),
    // They were told where it is known whose they are.
    onError: (_socket, _id, _payload, errors) => errors.map((error) => toldAs(error) ?? mask(error)),
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
  told: (error: unknown) => readonly GraphQLFormattedError[],
): AsyncIterableIterator<ExecutionResult> {
  const { sender, caller } = session
  return pushIterator<ExecutionResult>(({ end, fail }) => {
    const failed = (error: unknown) => {
      if (error instanceof StreamOverflow) session.close(closeCodes.tryLater, 'Too slow')
      for (const masked of told(error)) fail(asThrown(masked))
    }
    const leave = streams.join(stream, {
      caller,
      next: (payload) => sender.push(`{"id":${JSON.stringify(id)},"type":"next","payload":${payload}}`),
      taken: sender.taken,
      end: (error) => (error === undefined ? end() : failed(error)),
    })
    session.streams(id, failed)
    return leave
  })
}
