import type { FastifyInstance, FastifyRequest } from 'fastify'
import { hasCredential } from '../callers/credentials.ts'
import { badRequest } from './refusals.ts'

/** What a client wants to be executed, as it came. */
export interface SentRequest {
  query: string | undefined
  operationName: string | undefined
  variables: Record<string, unknown> | undefined
  extensions: Record<string, unknown> | undefined
}

/** JSON that pollutes no prototype. @throws GraphQLError when it is none. */
type ParseJson = (text: string) => unknown

/**
 * Reads a request in GraphQL over HTTP.
 *
 * @param isOfKnownPage the browser says that a page sent it that may: then it needs no header that proves this.
 * @throws GraphQLError with a status.
 */
export type ReadRequest = (request: FastifyRequest, isOfKnownPage?: boolean) => SentRequest

/** Teaches the server to read JSON, and nothing else. */
export function createRequestReader(app: FastifyInstance): ReadRequest {
  const parseJson = jsonParser(app)
  app.removeAllContentTypeParsers()
  app.addContentTypeParser<string>('application/json', { parseAs: 'string' }, (_request, body, done) => {
    try {
      done(null, parseJson(body))
    } catch (error) {
      done(error as Error)
    }
  })
  // Read to its end so that the connection can go on; what to answer depends on the route.
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, _body, done) => done(null, undefined))
  return (request, isOfKnownPage = false) => {
    if (hasCredential(request.url)) throw badRequest(tokenInAddress)
    return request.method === 'GET' ? readParameters(request, parseJson, isOfKnownPage) : readBody(request)
  }
}

function readBody({ headers, body }: FastifyRequest): SentRequest {
  if (!isJson(headers['content-type'])) throw refusedType(headers)
  if (Array.isArray(body)) throw badRequest('Send one operation, not a list of them.')
  if (!isObject(body)) throw badRequest('The body is not a JSON object.')
  return {
    query: textOf(body, 'query'),
    operationName: textOf(body, 'operationName'),
    variables: objectOf(body, 'variables'),
    extensions: objectOf(body, 'extensions'),
  }
}

function readParameters(
  { headers, query }: FastifyRequest,
  parseJson: ParseJson,
  isOfKnownPage: boolean,
): SentRequest {
  if (!isJson(headers['content-type'])) {
    if (!isOfKnownPage && !hasPreflightHeader(headers)) throw forgeable()
    if (headers['content-type'] !== undefined) throw badRequest('A GET request has no body.', 415)
  }
  const sent = query as Record<string, unknown>
  const parsed = (name: string) => {
    const text = textOf(sent, name)
    return text === undefined ? undefined : objectOf({ [name]: parseJson(text) }, name)
  }
  return {
    query: textOf(sent, 'query'),
    operationName: textOf(sent, 'operationName'),
    variables: parsed('variables'),
    extensions: parsed('extensions'),
  }
}

function textOf(sent: Readonly<Record<string, unknown>>, name: string): string | undefined {
  const value = sent[name] ?? undefined
  if (value !== undefined && typeof value !== 'string') throw badRequest(`\`${name}\` is not one string.`)
  return value
}

function objectOf(
  sent: Readonly<Record<string, unknown>>,
  name: string,
): Record<string, unknown> | undefined {
  const value = sent[name] ?? undefined
  if (value !== undefined && !isObject(value)) throw badRequest(`\`${name}\` is not an object.`)
  return value
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

type Headers = FastifyRequest['headers']

const isJson = (contentType: string | undefined): boolean =>
  contentType === 'application/json' || /^application\/json\s*(;|$)/i.test(contentType ?? '')

/** What a page can send to us without the browser asking first is refused: the page's visitor need not know of it. */
const forgeable = () =>
  badRequest(
    'Pages of others could make a browser send this (CSRF). Send `content-type: application/json`, or the header `apollo-require-preflight` with any value.',
  )

const preflightHeaders = ['apollo-require-preflight', 'x-apollo-operation-name']

const hasPreflightHeader = (headers: Headers): boolean =>
  preflightHeaders.some((name) => Boolean(headers[name]))

function refusedType(headers: Headers) {
  const isSimple = /^(application\/x-www-form-urlencoded|multipart\/form-data|text\/plain)\s*(;|$)/i
  const type = headers['content-type']
  if ((type === undefined || isSimple.test(type)) && !hasPreflightHeader(headers)) return forgeable()
  return badRequest('The body is not `application/json`.', 415)
}

function jsonParser(app: FastifyInstance): ParseJson {
  const parse = app.getDefaultJsonParser('error', 'error')
  return (text) => {
    let result: { error: Error | null; value?: unknown } | undefined
    // The parser answers before it returns, and does not look at the request.
    parse({} as FastifyRequest, text, (error, value) => {
      result = { error, value }
    })
    if (!result || result.error || text.charCodeAt(0) === byteOrderMark) throw badRequest('Not JSON.')
    return result.value
  }
}

const tokenInAddress = 'Send tokens in the Authorization header, not in the address.'

const byteOrderMark = 0xfeff
