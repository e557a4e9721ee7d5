import type { Log } from '@guildhall/kit/log'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { GraphQLError } from 'graphql'
import type { ErrorMask } from '../operations/errors.ts'
import { headersOf, statusOf } from '../operations/statuses.ts'
import { answerType, json } from './media-types.ts'

/** A request that cannot be taken as it is. */
export const badRequest = (message: string, status = 400): GraphQLError =>
  new GraphQLError(message, { extensions: { code: 'BAD_REQUEST', http: { status } } })

/** What an error thrown before anything was executed is over HTTP. */
interface Outcome {
  error: unknown
  status: number
  headers: Readonly<Record<string, string>>
}

/** Everything that is refused before an operation runs is answered alike, and told in one line of the log. */
export function createRefuser(mask: ErrorMask, log: Log, rejected?: (code: string) => void) {
  return (thrown: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply => {
    const { error, status, headers } = outcomeOf(thrown)
    const { id: requestId, trace } = request
    const masked = mask(error, { requestId, trace })
    request.isTold = true
    const { code, errorId } = masked.extensions ?? {}
    rejected?.(String(code))
    log.info(
      { requestId, trace_id: trace?.traceId, method: request.method, status, code, errorId },
      'request refused',
    )
    reply.headers(headers)
    const { contentType } = answerType(request.headers.accept) ?? json
    return reply
      .code(status)
      .header('content-type', contentType)
      .send(JSON.stringify({ errors: [masked] }))
  }
}

export type Refuser = ReturnType<typeof createRefuser>

function outcomeOf(error: unknown): Outcome {
  if (error instanceof GraphQLError) {
    return { error, status: statusOf(error, 500), headers: headersOf(error) }
  }
  const { statusCode = 500 } = error as { statusCode?: number }
  if (statusCode >= 500) return { error, status: statusCode, headers: {} }
  return { error: badRequest(unreadable[statusCode] ?? unread), status: statusCode, headers: {} }
}

const unread = 'The request cannot be read.'

/** What the HTTP server finds wrong with a request, in words that tell nothing of it. */
const unreadable: Readonly<Record<number, string>> = {
  413: 'The request body is too large.',
  415: 'The request body is of a kind that is not taken here.',
}
