import { answerProbe } from '@guildhall/kit/health/health'
import { openInternalServer } from '@guildhall/kit/internal-server'
import { createLog } from '@guildhall/kit/log'
import { createMetrics } from '@guildhall/kit/metrics/metrics'
import { afterEach, describe, expect, it } from 'vitest'
import { startWorld, type World } from './support/world.ts'

let world: World | undefined
afterEach(async () => {
  await world?.close()
  world = undefined
})

const get = async (url: string, headers: Record<string, string> = {}) => {
  const response = await fetch(url, { headers })
  return [response.status, await response.json()]
}
const up = [200, { status: 'UP' }]

describe('a router', () => {
  it('lives and is ready', async () => {
    world = await startWorld('in-process')
    for (const path of ['/health', '/health/live', '/health/ready']) {
      expect(await get(`${world.url}${path}`)).toEqual(up)
    }
  })

  it('stays ready without identity once it has had its keys', async () => {
    world = await startWorld('in-process')
    expect(await get(`${world.url}/health/ready`)).toEqual(up)
    world.identity.away = true
    world.identity.breakStream()
    expect(await get(`${world.url}/health/ready`)).toEqual(up)
  })

  it('is not ready before everything is prepared, and lives meanwhile', async () => {
    let missing = ['the demo world is being written']
    world = await startWorld('in-process', { preparations: () => missing })
    expect(await get(`${world.url}/health/ready`)).toEqual([503, { status: 'DOWN', problems: missing }])
    expect(await get(`${world.url}/health/live`)).toEqual(up)
    missing = []
    expect(await get(`${world.url}/health/ready`)).toEqual(up)
  })

  it('is not ready while it shuts down', async () => {
    world = await startWorld('in-process', { drainDelayMs: 300 })
    const closed = world.router.close()
    expect(await get(`${world.url}/health/ready`)).toEqual([
      503,
      { status: 'DOWN', problems: ['shutting down'] },
    ])
    expect(await get(`${world.url}/health/live`)).toEqual(up)
    await closed
  })

  it('is not ready while domains in its process are not', async () => {
    const problems = async () => ['the database does not answer']
    const details = async () => ({ ready: false, problems: [], checks: {} })
    world = await startWorld('in-process', { inside: { problems, details, lagMs: () => 0 } })
    expect(await get(`${world.url}/health/ready`)).toEqual([
      503,
      { status: 'DOWN', problems: ['the database does not answer'] },
    ])
  })
})

it('whose event loop is ten seconds behind should be started anew', async () => {
  const problems = async () => []
  const answer = (lagMs: number) => answerProbe('/health/live', { problems, lagMs: () => lagMs })
  expect(await answer(9_999)).toEqual({ status: 200, body: { status: 'UP' } })
  expect(await answer(10_400)).toEqual({
    status: 503,
    body: { status: 'DOWN', problems: ['the event loop is 10 s behind'] },
  })
})

describe('details', () => {
  const token = 'a token of the operators'

  it('do not exist for whoever does not know the token', async () => {
    world = await startWorld('in-process', { sight: { healthToken: token } })
    const other = await startWorld('in-process')
    try {
      const missing = [404, { errors: [expect.objectContaining({ message: 'There is nothing here.' })] }]
      expect(await get(`${world.url}/health/detailed`)).toEqual(missing)
      expect(await get(`${world.url}/health/detailed`, { authorization: 'Bearer guess' })).toEqual(missing)
      expect(await get(`${other.url}/health/detailed`, { authorization: 'Bearer ' })).toEqual(missing)
      expect(await get(`${other.url}/health/detailed`, { authorization: 'Bearer undefined' })).toEqual(
        missing,
      )
    } finally {
      await other.close()
    }
  })

  it('tell what is away, and how long the rest takes', async () => {
    world = await startWorld('http', { sight: { healthToken: token, gitSha: '0123abc' } })
    await world.served.people?.close()
    expect(await get(`${world.url}/health/detailed`, { authorization: `Bearer ${token}` })).toEqual([
      200,
      {
        version: expect.stringMatching(/^\d+\.\d+\.\d+$/),
        gitSha: '0123abc',
        node: process.version,
        uptimeSeconds: expect.any(Number),
        eventLoopLagMs: expect.any(Number),
        memoryMegabytes: {
          rss: expect.any(Number),
          heapUsed: expect.any(Number),
          heapTotal: expect.any(Number),
          external: expect.any(Number),
        },
        ready: true,
        problems: [],
        checks: {
          'subgraph notes': { status: 'UP', ms: expect.any(Number) },
          'subgraph people': {
            status: 'DOWN',
            ms: expect.any(Number),
            problem: 'A part of the service is not available, try again.',
          },
        },
        upstreams: {},
      },
    ])
  })

  it('are given to everybody on the internal port', async () => {
    world = await startWorld('in-process')
    const { health } = world.router
    const internal = await openInternalServer({
      port: 0,
      host: '127.0.0.1',
      health,
      metrics: createMetrics(createLog('silent')),
    })
    try {
      const url = `http://127.0.0.1:${internal.port}`
      expect(await get(`${url}/health/ready`)).toEqual(up)
      expect(await get(`${url}/health/detailed`)).toEqual([200, expect.objectContaining({ ready: true })])
      expect((await fetch(`${url}/graphql`)).status).toBe(404)
      expect((await fetch(`${url}/health`, { method: 'POST' })).status).toBe(404)
    } finally {
      await internal.close()
    }
  })
})
