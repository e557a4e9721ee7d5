import { createHash, timingSafeEqual } from 'node:crypto'
import { detailsPath, type Health } from '@guildhall/kit/health/health'
import { registerProbes } from '@guildhall/kit/health/probes'
import { describeProcess } from '@guildhall/kit/health/vitals'
import type { FastifyInstance } from 'fastify'

export interface HealthOptions {
  health: Health
  /** Who sends it as a bearer token sees the details; absent: nobody does, on this port. */
  healthToken?: string | undefined
  gitSha?: string | undefined
}

/** The open probes, and the details for whoever knows the token. To others the details do not exist. */
export function registerHealth(app: FastifyInstance, { health, healthToken, gitSha }: HealthOptions) {
  registerProbes(app, health)
  if (!healthToken) return
  const expected = digest(`Bearer ${healthToken}`)
  app.get(detailsPath, async (request, reply) => {
    const given = digest(request.headers.authorization ?? '')
    if (!timingSafeEqual(given, expected)) return reply.callNotFound()
    return reply.header('cache-control', 'no-store').send(await describeProcess(health, gitSha))
  })
}

const digest = (text: string): Buffer => createHash('sha256').update(text).digest()
