import { HouseError } from '@guildhall/kit/errors'
import type { Log } from '@guildhall/kit/log'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { GraphQLError } from 'graphql'
import type { CallerResolver } from '../callers/caller-resolver.ts'
import type { ClientReader } from '../callers/client.ts'
import { isApiKey } from '../callers/credentials.ts'
import type { IssuedToken, TokenService } from '../callers/token-service.ts'
import type { ErrorMask } from '../operations/errors.ts'
import {
  formFacts,
  invalidClient,
  invalidRequest,
  OAuthError,
  readClient,
  readForm,
} from './oauth-request.ts'

export interface OAuthOptions {
  service: TokenService
  callers: CallerResolver
  clientOf: ClientReader
  mask: ErrorMask
  log: Log
}

/** A form of tokens and secrets; nothing here is large. */
const maxFormBytes = 16 * 1024

/**
 * What OAuth 2.0 clients expect beside GraphQL: metadata (RFC 8414, OpenID Connect Discovery), the token endpoint
 * (RFC 6749: client credentials, refresh), revocation (RFC 7009) and introspection (RFC 7662).
 */
export function registerOAuth(app: FastifyInstance, options: OAuthOptions): void {
  const { service, callers, clientOf, mask, log } = options
  const about = metadata(service.issuer)
  for (const document of ['openid-configuration', 'oauth-authorization-server']) {
    app.get(`/.well-known/${document}`, async (_request, reply) => {
      reply.header('cache-control', 'public, max-age=300')
      return about
    })
  }

  /** @throws OAuthError unless an API key of ours comes along. */
  const requireClient = async (request: FastifyRequest, form: Readonly<Record<string, string>>) => {
    const { authorization } = request.headers
    const isBearer = authorization !== undefined && /^bearer /i.test(authorization)
    const key = isBearer ? authorization.slice(7).trim() : readClient(authorization, form).clientSecret
    if (!isApiKey(key)) throw invalidClient()
    await callers.resolve(`Bearer ${key}`, clientOf(request.raw))
  }
  const endpoints: Record<string, (request: FastifyRequest) => Promise<object>> = {
    '/oauth/token': async (request) => {
      const form = readForm(request)
      const client = clientOf(request.raw)
      if (form.grant_type === 'client_credentials') {
        const scopes = form.scope?.split(' ').filter(Boolean) ?? []
        const who = readClient(request.headers.authorization, form)
        return tokenAnswer(await service.issue({ ...who, scopes: scopes.length > 0 ? scopes : null }, client))
      }
      if (form.grant_type === 'refresh_token') {
        if (form.refresh_token === undefined) throw invalidRequest('refresh_token is missing.')
        return tokenAnswer(await service.refresh(form.refresh_token, client))
      }
      if (form.grant_type === undefined) throw invalidRequest('grant_type is missing.')
      throw new OAuthError(400, 'unsupported_grant_type', `Supported: ${grantTypes.join(', ')}.`)
    },
    '/oauth/revoke': async (request) => {
      const { token } = readForm(request)
      if (token === undefined) throw invalidRequest('token is missing.')
      await service.revoke(token, clientOf(request.raw))
      return {}
    },
    '/oauth/introspect': async (request) => {
      const form = readForm(request)
      await requireClient(request, form)
      if (form.token === undefined) throw invalidRequest('token is missing.')
      const facts = await service.introspect(form.token)
      return facts ? { active: true, ...facts } : { active: false }
    },
  }
  const tell = (request: FastifyRequest, { elapsedTime }: FastifyReply, outcome: string) => {
    const ms = Math.round(elapsedTime * 10) / 10
    log.info(
      { requestId: request.id, path: request.routeOptions.url, ...formFacts(request), ms, outcome },
      'oauth',
    )
  }
  // In a scope of its own: nowhere else is a form anything but refused.
  void app.register(async (scope) => {
    scope.addContentTypeParser(
      'application/x-www-form-urlencoded',
      { parseAs: 'string' },
      (_request, body, done) => done(null, new URLSearchParams(String(body))),
    )
    scope.addHook('onRequest', async (_request, reply) => {
      reply.headers({ 'cache-control': 'no-store', pragma: 'no-cache' })
    })
    scope.setErrorHandler<Error & { statusCode?: number }>((error, request, reply) => {
      const { status, code, message } = asOAuthError(error, mask)
      tell(request, reply, code)
      if (status === 401) reply.header('www-authenticate', 'Basic realm="guildhall"')
      return reply.code(status).send({ error: code, error_description: message })
    })
    for (const [path, answer] of Object.entries(endpoints)) {
      scope.post(path, { bodyLimit: maxFormBytes }, async (request, reply) => {
        const facts = await answer(request)
        tell(request, reply, 'ok')
        return facts
      })
    }
  })
}

const grantTypes = ['client_credentials', 'refresh_token']

/** Logging in is GraphQL: there is no authorization endpoint, and so no response type. */
function metadata(issuer: string): object {
  const base = issuer.replace(/\/$/, '')
  const clientAuthentication = ['client_secret_basic', 'client_secret_post']
  return {
    issuer,
    jwks_uri: `${base}/.well-known/jwks.json`,
    token_endpoint: `${base}/oauth/token`,
    // A refresh token is its own proof.
    token_endpoint_auth_methods_supported: [...clientAuthentication, 'none'],
    revocation_endpoint: `${base}/oauth/revoke`,
    revocation_endpoint_auth_methods_supported: ['none'],
    introspection_endpoint: `${base}/oauth/introspect`,
    introspection_endpoint_auth_methods_supported: clientAuthentication,
    grant_types_supported: grantTypes,
    response_types_supported: [],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['EdDSA'],
  }
}

/** Codes of user errors that are not simply a token or secret that is no good. */
const refusals: Readonly<Record<string, () => OAuthError>> = {
  INVALID_CLIENT: invalidClient,
  SCOPE_UNKNOWN: () => new OAuthError(400, 'invalid_scope', 'There is no such permission.'),
  SCOPE_NOT_GRANTED: () => new OAuthError(400, 'invalid_scope', 'The client does not have this permission.'),
}

function tokenAnswer(issued: IssuedToken | string): object {
  if (typeof issued === 'string') {
    throw refusals[issued]?.() ?? new OAuthError(400, 'invalid_grant', 'The token is not good any more.')
  }
  const { accessToken, expiresAt, refreshToken, scopes } = issued
  return {
    access_token: accessToken,
    token_type: 'Bearer',
    // Lives of tokens are wall-clock facts of the protocol.
    expires_in: Math.max(0, Math.round((Date.parse(expiresAt) - Date.now()) / 1_000)),
    ...(refreshToken ? { refresh_token: refreshToken } : {}),
    ...(scopes ? { scope: scopes.join(' ') } : {}),
  }
}

function asOAuthError(error: Error & { statusCode?: number }, mask: ErrorMask): OAuthError {
  if (error instanceof OAuthError) return error
  if (error instanceof HouseError && error.extensions.code === 'UNAUTHENTICATED') return invalidClient()
  // Our own refusals of what cannot be read, and those of the server.
  const refused = error instanceof GraphQLError ? error.extensions.http?.status : error.statusCode
  const status = refused ?? 500
  if (!(error instanceof HouseError) && status < 500) {
    return new OAuthError(status, 'invalid_request', 'The request cannot be read.')
  }
  const { message, extensions } = mask(error)
  const known = unavailable[String(extensions?.code)]
  return new OAuthError(known ?? 500, known ? 'temporarily_unavailable' : 'server_error', message)
}

const unavailable: Readonly<Record<string, number>> = {
  RATE_LIMITED: 429,
  SERVICE_UNAVAILABLE: 503,
  GATEWAY_TIMEOUT: 504,
}
