import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { WebSocket } from 'ws'
import { closeCode, startWorld, until, untilHeard, type World } from './support/world.ts'

/** A socket that shows an API key; resolves with the close code unless it was accepted. */
async function connect(world: World, key: string, headers: Record<string, string> = {}) {
  const socket = new WebSocket(`${world.url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws', {
    headers,
  })
  const closed = closeCode(socket)
  let isAccepted = false
  socket.on('message', () => {
    isAccepted = true
  })
  socket.on('open', () =>
    socket.send(JSON.stringify({ type: 'connection_init', payload: { authorization: `Bearer ${key}` } })),
  )
  await until(() => isAccepted || socket.readyState === socket.CLOSED)
  return { socket, isAccepted: () => isAccepted, closed }
}

const refusal = (message: string) => ({ errors: [{ message, extensions: { code: 'UNAUTHENTICATED' } }] })
const invalid = { status: 401, body: refusal('The API key is not valid.') }

describe('API keys', () => {
  let world: World
  beforeAll(async () => {
    world = await startWorld('in-process', { trustedProxies: ['127.0.0.1'] })
    await untilHeard(world)
  })
  afterAll(() => world.close())
  const ask = (key: string, address?: string) =>
    world.post('{ me { id } note { id secret } }', {
      token: key,
      headers: address ? { 'x-forwarded-for': address } : {},
    })

  it('say who is calling, cut down to what the key may, and are looked up once', async () => {
    world.identity.login('p1', ['admin', 'notes:burn'])
    const { keyId, key } = world.identity.apiKey('p1')
    const narrow = world.identity.apiKey('p1', { scopes: ['notes:burn'], organizationId: 'org_1' })
    const before = world.identity.asked.apiKeyPrincipal ?? 0
    expect(await ask(key)).toMatchObject({
      status: 200,
      body: { data: { me: { id: 'p1' }, note: { id: 'n1', secret: 's3cret' } } },
    })
    expect(await ask(key)).toMatchObject({ status: 200 })
    expect(world.identity.asked.apiKeyPrincipal).toBe(before + 1)
    expect(world.state.callers.at(-1)).toMatchObject({ userId: 'p1', sessionId: keyId })
    expect(await ask(narrow.key)).toMatchObject({
      status: 200,
      body: { data: { me: { id: 'p1' }, note: { id: 'n1', secret: null } } },
    })
    // The key itself stays with us: identity was sent its hash, and no line of the log holds it.
    expect(JSON.stringify(world.logged)).not.toContain(key)
  })

  it('open sockets, which a revocation closes within two seconds', async () => {
    world.identity.login('p2')
    const { keyId, key } = world.identity.apiKey('p2')
    const other = world.identity.apiKey('p2')
    const { isAccepted, closed } = await connect(world, key)
    const staying = await connect(world, other.key)
    expect([isAccepted(), staying.isAccepted()]).toEqual([true, true])
    expect(await ask(key)).toMatchObject({ status: 200 })
    const started = performance.now()
    world.identity.alter(keyId, { isActive: false })
    expect(await closed).toBe(4403)
    expect(performance.now() - started).toBeLessThan(2_000)
    expect(await ask(key)).toMatchObject(invalid)
    expect(await ask(other.key)).toMatchObject({ status: 200 })
    expect(staying.socket.readyState).toBe(WebSocket.OPEN)
    staying.socket.terminate()
  })

  it('end when they expire, on sockets too', async () => {
    world.identity.login('p3')
    const endsAt = Date.now() + 1_500
    const { key } = world.identity.apiKey('p3', { expiresAt: new Date(endsAt).toISOString() })
    const { isAccepted, closed } = await connect(world, key)
    expect([isAccepted(), (await ask(key)).status]).toEqual([true, 200])
    expect(await closed).toBe(4403)
    expect(Date.now() - endsAt).toBeLessThan(1_000)
    expect(await ask(key)).toMatchObject(invalid)
  })

  it('work from their addresses alone', async () => {
    world.identity.login('p4')
    const { key } = world.identity.apiKey('p4', {
      addresses: ['203.0.113.0/24', '2001:db8:1::/48', '198.51.100.7'],
    })
    for (const inside of ['203.0.113.9', '2001:db8:1:2::3', '198.51.100.7', '::ffff:203.0.113.9']) {
      expect([inside, (await ask(key, inside)).status]).toEqual([inside, 200])
      const { socket, isAccepted } = await connect(world, key, { 'x-forwarded-for': inside })
      expect(isAccepted()).toBe(true)
      socket.terminate()
    }
    // The cached principal is measured against each request's own address.
    for (const outside of [
      undefined,
      '203.0.114.1',
      '2001:db8:2::3',
      '::ffff:203.0.114.1',
      '203.0.113.9, 192.0.2.1',
    ]) {
      expect(await ask(key, outside)).toMatchObject({
        status: 401,
        body: refusal('This may not be used from your address.'),
      })
      const { isAccepted, closed } = await connect(world, key, outside ? { 'x-forwarded-for': outside } : {})
      expect([isAccepted(), await closed]).toEqual([false, 4403])
    }
  })

  it('let nobody in when their addresses cannot be read', async () => {
    world.identity.login('p5')
    expect((await ask(world.identity.apiKey('p5', { addresses: ['nonsense'] }).key)).status).toBe(401)
    expect((await ask(world.identity.apiKey('p5', { addresses: [] }).key)).status).toBe(401)
  })

  it.each(['ghk_short', `ghk_${'a'.repeat(121)}`, `ghk_${'a'.repeat(30)}!`, `GHK_${'a'.repeat(30)}`])(
    'of another shape are not asked for: %.40s',
    async (key) => {
      const before = world.identity.asked.apiKeyPrincipal
      expect(await ask(key)).toMatchObject({ status: 401 })
      expect(world.identity.asked.apiKeyPrincipal).toBe(before)
    },
  )
})

describe('made-up API keys', () => {
  it('cost identity next to nothing, and those who have a good one do not notice', async () => {
    const world = await startWorld('in-process', { trustedProxies: ['127.0.0.1'] })
    try {
      await untilHeard(world)
      // Places come back with time: here it stands still, however long the storm takes.
      vi.useFakeTimers({ toFake: ['performance'] })
      world.identity.login('p1')
      const { key } = world.identity.apiKey('p1')
      const from = (address: string, token: string) =>
        world.post('{ me { id } }', { token, headers: { 'x-forwarded-for': address } })
      expect((await from('203.0.113.1', key)).status).toBe(200)
      const madeUp = (i: number) => `ghk_${String(i).padStart(32, '0')}`

      // One key again and again is asked for once.
      const same = await Promise.all(Array.from({ length: 50 }, () => from('203.0.113.2', madeUp(1))))
      expect(new Set(same.map(({ status }) => status))).toEqual(new Set([401]))
      expect((await from('203.0.113.2', madeUp(1))).status).toBe(401)
      expect(world.identity.asked.apiKeyPrincipal).toBe(2)

      const storm = await Promise.all(
        Array.from({ length: 1_000 }, (_, i) => from('203.0.113.3', madeUp(i + 2))),
      )
      const codes = storm.map(({ body }) => body.errors[0]?.extensions.code)
      expect(codes.filter((code) => code === 'UNAUTHENTICATED')).toHaveLength(20)
      expect(codes.filter((code) => code === 'RATE_LIMITED')).toHaveLength(980)
      expect(new Set(storm.map(({ status }) => status))).toEqual(new Set([401, 429]))
      expect(world.identity.asked.apiKeyPrincipal).toBe(22)

      // Whoever has 2^64 addresses has one place; the key that was good is still, also from the storm's address.
      const wide = await Promise.all(
        Array.from({ length: 100 }, (_, i) => from(`2001:db8::${i.toString(16)}`, madeUp(i + 5_000))),
      )
      expect(wide.filter(({ status }) => status === 401)).toHaveLength(20)
      expect((await from('203.0.113.3', key)).status).toBe(200)
      world.identity.setPermissions('p1', [])
      expect((await from('203.0.113.3', key)).status).toBe(200)
    } finally {
      vi.useRealTimers()
      await world.close()
    }
  })
})
