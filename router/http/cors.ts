import type { FastifyInstance } from 'fastify'

/** Which browser pages may call. */
export interface OriginPolicy {
  allows(origin: string): boolean
}

/**
 * @param origins the pages that may call; undefined: any in development, none but our own in production.
 */
export function originPolicy(origins: readonly string[] | undefined, production: boolean): OriginPolicy {
  const listed = new Set(origins?.map((origin) => new URL(origin).origin))
  return { allows: (origin) => (origins ? listed.has(origin) : !production) }
}

/**
 * Answers preflight requests and marks answers for pages of other origins. Credentials are never allowed: tokens travel
 * in a header that a page has to set itself, so there is nothing that a browser would send on its own.
 */
export function registerCors(app: FastifyInstance, policy: OriginPolicy): void {
  app.addHook('onRequest', async (request, reply) => {
    const { origin } = request.headers
    if (origin === undefined) return
    reply.header('vary', 'Origin')
    if (!policy.allows(origin)) return
    reply.header('access-control-allow-origin', origin)
    reply.header('access-control-expose-headers', 'x-request-id, retry-after')
    if (request.method !== 'OPTIONS' || !request.headers['access-control-request-method']) return
    reply.header('access-control-allow-methods', 'GET, POST')
    reply.header('access-control-allow-headers', request.headers['access-control-request-headers'] ?? '*')
    reply.header('access-control-max-age', '600')
    await reply.code(204).send()
  })
}
