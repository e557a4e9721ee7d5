import { describe, expect, it } from 'vitest'
import { startWorld, until, untilHeard } from './support/world.ts'

describe('signing keys', () => {
  it('are asked for once per cooldown however many unknown ids come in, while good tokens go on working', async () => {
    const world = await startWorld('in-process')
    try {
      const { sessionId, token } = world.identity.login('p1')
      expect(await world.post('{ me { id } }', { token })).toMatchObject({ status: 200 })
      await untilHeard(world)
      const before = world.identity.asked.signingKeys ?? 0
      const storm = Array.from({ length: 1_000 }, async (_, i) =>
        world.post('{ me { id } }', {
          token: world.identity.token(sessionId, { header: { kid: `made-up-${i}` } }),
        }),
      )
      expect((await Promise.all(storm)).map(({ status }) => status)).toEqual(Array(1_000).fill(401))
      expect(world.identity.asked.signingKeys).toBe(before + 1)
      expect(await world.post('{ me { id } }', { token })).toMatchObject({ status: 200 })
    } finally {
      await world.close()
    }
  })

  it('that are new are found at once', async () => {
    const world = await startWorld('in-process')
    try {
      const { sessionId, token } = world.identity.login('p1')
      expect(await world.post('{ me { id } }', { token })).toMatchObject({ status: 200 })
      await world.identity.addKey()
      const rotated = world.identity.token(sessionId)
      expect(await world.post('{ me { id } }', { token: rotated })).toMatchObject({ status: 200 })
      expect(await world.post('{ me { id } }', { token })).toMatchObject({ status: 200 })
    } finally {
      await world.close()
    }
  })

  it('that are revoked are forgotten at once, over HTTP and on open sockets', async () => {
    const world = await startWorld('in-process')
    try {
      await untilHeard(world)
      const { sessionId, token } = world.identity.login('p1')
      const stolen = await token
      const status = async () => (await world.post('{ me { id } }', { token: stolen })).status
      expect(await status()).toBe(200)
      let closedWith: unknown
      const client = world.client(stolen)
      client.on('closed', (event) => {
        closedWith = (event as { code: number }).code
      })
      const stream = client.iterate({ query: 'subscription { noteAdded { id } }' })
      const ended = stream.next().catch((error: unknown) => error)
      await until(() => world.state.openStreams === 1)
      const started = performance.now()
      await world.identity.revokeKey()
      await until(async () => (await status()) === 401)
      await until(() => closedWith === 4403)
      expect(performance.now() - started).toBeLessThan(2_000)
      await ended
      expect(await world.post('{ me { id } }', { token: world.identity.token(sessionId) })).toMatchObject({
        status: 200,
      })
    } finally {
      await world.close()
    }
  })

  it('that were revoked while nobody heard of it are forgotten within two seconds', async () => {
    const world = await startWorld('in-process')
    try {
      const { token } = world.identity.login('p1')
      await untilHeard(world)
      const status = async () => (await world.post('{ me { id } }', { token })).status
      expect(await status()).toBe(200)
      world.identity.deaf = true
      world.identity.breakStream()
      expect(world.identity.streams()).toBe(0)
      const started = performance.now()
      await world.identity.revokeKey()
      await until(async () => (await status()) === 401)
      expect(performance.now() - started).toBeLessThan(2_000)
    } finally {
      await world.close()
    }
  })

  it('that we have go on working while identity publishes none', async () => {
    const world = await startWorld('in-process')
    try {
      await untilHeard(world)
      const { sessionId, token } = world.identity.login('p1')
      expect(await world.post('{ me { id } }', { token })).toMatchObject({ status: 200 })
      world.identity.hidesKeys = true
      const another = world.identity.token(sessionId, { claims: { jti: 'another' } })
      expect(await world.post('{ me { id } }', { token: another })).toMatchObject({ status: 200 })
      expect((await fetch(`${world.url}/health/ready`)).status).toBe(200)
    } finally {
      await world.close()
    }
  })

  it('are published without a private part', async () => {
    const world = await startWorld('in-process')
    const { keys } = await fetch(`${world.url}/.well-known/jwks.json`).then((response) => response.json())
    const { kty, crv, x, kid } = world.identity.privateJwk
    expect(keys).toEqual([{ kty, crv, x, kid, alg: 'EdDSA', use: 'sig' }])
    await world.close()
  })
})
