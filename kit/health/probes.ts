import type { FastifyInstance } from 'fastify'
import { answerProbe, type Probes, probePaths } from './health.ts'

/** Tells orchestrators whether a process lives and whether it may be sent requests. */
export function registerProbes(app: FastifyInstance, probes: Probes): void {
  for (const path of probePaths) {
    app.get(path, async (_request, reply) => {
      const { status, body } = await answerProbe(path, probes)
      return reply.code(status).header('cache-control', 'no-store').send(body)
    })
  }
}
