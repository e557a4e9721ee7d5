import { describe, expect, it } from 'vitest'
import { startWorld, until, untilHeard } from './support/world.ts'

describe('principals', () => {
  it('are looked up once per session and again at once after a change', async () => {
    const world = await startWorld('in-process')
    try {
      const { sessionId, token } = world.identity.login('p1', [])
      const status = async () => (await world.post('{ me { email } }', { token })).status
      await untilHeard(world)
      await Promise.all([status(), status(), status()])
      expect(await status()).toBe(200)
      expect(world.identity.asked).toMatchObject({ sessionPrincipal: 1, organizationGrants: 1 })

      world.identity.setPermissions('p1', ['notes:burn'])
      const burned = await world.post('mutation { burnNotes }', { token })
      expect(burned.body).toEqual({ data: { burnNotes: true } })
      expect(world.identity.asked).toMatchObject({ sessionPrincipal: 2, organizationGrants: 2 })

      world.identity.endSession(sessionId)
      expect(await status()).toBe(401)
    } finally {
      await world.close()
    }
  })

  it('that were read before a change are used by nobody after it', async () => {
    const world = await startWorld('in-process')
    try {
      const { token } = world.identity.login('p1', ['admin'])
      await untilHeard(world)
      const secret = async () => (await world.post('{ note { id secret } }', { token })).body.data
      // The first lookup asks for keys too; only the principal shall be held up.
      await world.post('{ me { id } }', { token: world.identity.login('p2').token })
      let release = () => {}
      world.identity.hold = new Promise((resolve) => {
        release = resolve
      })
      const early = secret()
      await until(() => world.identity.asked.organizationGrants === 2)
      world.identity.setPermissions('p1', [])
      release()
      expect(await early).toEqual({ note: { id: 'n1', secret: 's3cret' } })
      expect(await secret()).toEqual({ note: { id: 'n1', secret: null } })
    } finally {
      await world.close()
    }
  })

  it('are asked for every second while changes are not heard of', async () => {
    const world = await startWorld('in-process')
    try {
      const { sessionId, token } = world.identity.login('p1')
      await untilHeard(world)
      const status = async () => (await world.post('{ me { id } }', { token })).status
      expect(await status()).toBe(200)
      world.identity.deaf = true
      world.identity.breakStream()
      expect(await status()).toBe(200)
      // Nobody hears of this one.
      expect(world.identity.streams()).toBe(0)
      world.identity.endSession(sessionId)
      const started = performance.now()
      await until(async () => (await status()) === 401)
      expect(performance.now() - started).toBeLessThan(2_000)
    } finally {
      await world.close()
    }
  })

  it('cannot be found while identity is away: 503, and anonymous callers go on', async () => {
    const world = await startWorld('in-process')
    try {
      const { token } = world.identity.login('p1')
      await token
      world.identity.away = true
      world.identity.breakStream()
      const { status, body } = await world.post('{ me { id } }', { token })
      expect([status, body.errors[0]?.extensions.code, body.errors[0]?.message]).toEqual([
        503,
        'SERVICE_UNAVAILABLE',
        'A part of the service is not available, try again.',
      ])
      expect(await world.post('{ me { id } }')).toMatchObject({ status: 200 })
      expect(await (await fetch(`${world.url}/health/ready`)).json()).toEqual({
        status: 'DOWN',
        problems: ['access tokens cannot be verified yet'],
      })
      expect((await fetch(`${world.url}/health/live`)).status).toBe(200)
      world.identity.away = false
      await until(async () => (await world.post('{ me { id } }', { token })).status === 200)
      expect((await fetch(`${world.url}/health/ready`)).status).toBe(200)
    } finally {
      await world.close()
    }
  })
})
