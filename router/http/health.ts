import type { FastifyInstance } from 'fastify'

export interface HealthOptions {
  /** What keeps the router from serving; empty when it is ready. */
  problems(): Promise<readonly string[]>
}

/** Tells orchestrators whether the process lives and whether it may be sent requests. */
export function registerHealth(app: FastifyInstance, { problems }: HealthOptions) {
  app.get('/health/live', async () => ({ status: 'ok' }))
  app.get('/health/ready', async (_request, reply) => {
    const found = await problems()
    if (found.length === 0) return { status: 'ok' }
    return reply.code(503).send({ status: 'unavailable', problems: found })
  })
}
