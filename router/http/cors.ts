import type { FastifyInstance } from 'fastify'

/** Which browser pages may call. */
export interface OriginPolicy {
  allows(origin: string): boolean
  /** Sockets are not held back by browsers; pages that came from where the socket goes may always open one. */
  allowsSocket(origin: string, host: string | undefined): boolean
}

/**
 * @param origins the pages that may call; undefined: any in development, none but our own in production.
 */
export function originPolicy(origins: readonly string[] | undefined, production: boolean): OriginPolicy {
  const listed = new Set(origins?.map((origin) => new URL(origin).origin))
  const allows = (origin: string) => (origins ? listed.has(origin) : !production)
  return { allows, allowsSocket: (origin, host) => allows(origin) || hostOf(origin) === host }
}

/** Without the protocol: where a proxy ends TLS, we do not see that of the socket. */
const hostOf = (origin: string): string | null => (URL.canParse(origin) ? new URL(origin).host : null)

/**
 * Answers preflight requests and marks answers for pages of other origins. Credentials are never allowed: tokens travel
 * in a header that a page has to set itself, so there is nothing that a browser would send on its own.
 */
export function registerCors(app: FastifyInstance, policy: OriginPolicy): void {
  app.addHook('onRequest', (request, reply, done) => {
    // Also for callers that name no origin: a cache between may give their answer to those that do.
    reply.header('vary', 'Origin, Accept-Encoding')
    const { origin } = request.headers
    if (origin === undefined) return done()
    if (!policy.allows(origin)) return done()
    reply.header('access-control-allow-origin', origin)
    reply.header('access-control-expose-headers', 'x-request-id, retry-after')
    if (request.method !== 'OPTIONS' || !request.headers['access-control-request-method']) return done()
    reply.header('access-control-allow-methods', 'GET, POST')
    reply.header('access-control-allow-headers', request.headers['access-control-request-headers'] ?? '*')
    reply.header('access-control-max-age', '600')
    reply.code(204).send()
  })
}
