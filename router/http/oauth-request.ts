import type { FastifyRequest } from 'fastify'

/** An answer as RFC 6749, section 5.2, wants it. */
export class OAuthError extends Error {
  readonly status: number
  readonly code: string
  constructor(status: number, code: string, description: string) {
    super(description)
    this.status = status
    this.code = code
  }
}

/** Who a client says it is, and its proof. */
export interface ClientSecret {
  clientId: string
  clientSecret: string
}

export const invalidRequest = (description: string) => new OAuthError(400, 'invalid_request', description)
export const invalidClient = () => new OAuthError(401, 'invalid_client', 'Client id or secret is wrong.')

/** The parameters of a form. @throws OAuthError when it is none, or says something twice. */
export function readForm({ body }: FastifyRequest): Readonly<Record<string, string>> {
  if (!(body instanceof URLSearchParams)) {
    throw invalidRequest('Send the parameters as application/x-www-form-urlencoded.')
  }
  const names = [...body.keys()]
  if (new Set(names).size < names.length) throw invalidRequest('A parameter is there twice.')
  // What is empty counts as left out.
  return Object.fromEntries([...body].filter(([, value]) => value !== ''))
}

/** What a log may hold of a request: no tokens, no secrets, nothing else that somebody typed into the wrong field. */
export function formFacts(request: FastifyRequest): { grant?: string; client?: string } {
  if (!(request.body instanceof URLSearchParams)) return {}
  const grant = request.body.get('grant_type') ?? ''
  const client = request.body.get('client_id') ?? basicClient(request.headers.authorization) ?? ''
  return {
    ...(/^[a-z_]{1,40}$/.test(grant) ? { grant } : {}),
    ...(/^[a-z]{3}_[0-9a-z]{26}$/.test(client) ? { client } : {}),
  }
}

const basicClient = (authorization: string | undefined): string | undefined => {
  const encoded = /^basic +([\w+/=-]+)$/i.exec(authorization?.trim() ?? '')?.[1]
  return encoded && Buffer.from(encoded, 'base64').toString().split(':')[0]
}

/**
 * The client of a request, which shows its secret in one of two ways: `client_secret_basic` or `client_secret_post`.
 *
 * @throws OAuthError
 */
export function readClient(
  authorization: string | undefined,
  form: Readonly<Record<string, string>>,
): ClientSecret {
  const { client_id: clientId, client_secret: clientSecret } = form
  if (authorization === undefined) {
    if (clientId === undefined || clientSecret === undefined) throw invalidClient()
    return { clientId, clientSecret }
  }
  if (clientSecret !== undefined) throw invalidRequest('The client shows its secret in two ways at once.')
  const encoded = /^basic +([\w+/=-]+)$/i.exec(authorization.trim())?.[1]
  const pair = /^([^:]+):(.+)$/s.exec(Buffer.from(encoded ?? '', 'base64').toString())
  const basic = { clientId: decoded(pair?.[1]), clientSecret: decoded(pair?.[2]) }
  if (clientId !== undefined && clientId !== basic.clientId) throw invalidClient()
  return basic
}

/** Both halves are form-encoded before they are joined. */
function decoded(half: string | undefined): string {
  if (half === undefined) throw invalidClient()
  try {
    return decodeURIComponent(half.replaceAll('+', ' '))
  } catch {
    throw invalidClient()
  }
}
