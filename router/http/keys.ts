import type { FastifyInstance } from 'fastify'
import type { CallerResolver } from '../callers/caller-resolver.ts'

/** Publishes the keys that access tokens are verified with, where our own identity is there. */
export function registerKeys(app: FastifyInstance, { publicKeys }: CallerResolver) {
  if (!publicKeys) return
  app.get('/.well-known/jwks.json', async (_request, reply) => {
    reply.header('cache-control', 'public, max-age=60')
    return { keys: await publicKeys() }
  })
}
