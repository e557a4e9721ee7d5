import { randomUUID } from 'node:crypto'
import { connect, createServer, type Socket } from 'node:net'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { isRedisHere, openRedis, type TestRedis, withoutRedis } from './support/redis.ts'
import { startTideWorld, type TideWorld } from './support/tide-world.ts'
import { until, untilHeard } from './support/world.ts'

const data = async (world: TideWorld, query: string, options: Parameters<TideWorld['post']>[1] = {}) =>
  (await world.post(query, options)).body.data
const cacheHeaders = (headers: Headers) => [headers.get('cache-control'), headers.get('age')]

describe('answers that are given again', () => {
  let world: TideWorld
  beforeAll(async () => {
    world = await startTideWorld({ contracts: ['small'] })
    await untilHeard(world)
  })
  afterAll(() => world.close())

  it('are those that everybody may have, for as long as they say', async () => {
    const { token } = world.identity.login('p1')
    const first = await world.post('{ tide }')
    expect(cacheHeaders(first.headers)).toEqual(['max-age=60, public', null])
    const again = await world.post('{ tide }', { token })
    expect(again.body).toEqual(first.body)
    expect(cacheHeaders(again.headers)).toEqual(['max-age=60, public', expect.stringMatching(/^[0-9]+$/)])
    expect(again.headers.get('vary')).toBe('Origin, Accept-Encoding, Accept, Authorization')
    const { short } = (await data(world, '{ short }')) as { short: number }
    await until(async () => ((await data(world, '{ short }')) as { short: number }).short > short)
  })

  it('are not kept by anybody without such a hint', async () => {
    expect(await data(world, '{ fresh }')).not.toEqual(await data(world, '{ fresh }'))
    expect(await data(world, '{ tide fresh }')).not.toEqual(await data(world, '{ tide fresh }'))
    const { headers } = await world.post('{ fresh }')
    expect(headers.get('cache-control')).toBe('no-store')
    expect((await world.post('{ nope }')).headers.get('cache-control')).toBe('no-store')
    expect((await world.post('mutation { change }')).headers.get('cache-control')).toBe('no-store')
  })

  it('are told apart by what was asked, not by how it was written down', async () => {
    const query =
      'query Q($place: Place, $days: [Int!], $note: String) { tideAt(place: $place, days: $days, note: $note) }'
    const ask = (variables: Record<string, unknown>) => data(world, query, { variables })
    const first = await ask({ place: { country: 'DK', city: 'Esbjerg' }, days: [1, 2] })
    expect(await ask({ days: [1, 2], place: { city: 'Esbjerg', country: 'DK' } })).toEqual(first)
    expect(await ask({ days: [1, 2], place: { city: 'Esbjerg', country: 'DK' }, unknown: 1 })).toEqual(first)
    for (const other of [
      { days: [2, 1], place: { city: 'Esbjerg', country: 'DK' } },
      { days: [1, 2], place: { city: 'DK', country: 'Esbjerg' } },
      { days: [1, 2], place: { city: 'Esbjerg', country: 'DK' }, note: null },
      { days: [1, 2] },
    ]) {
      expect(await ask(other)).not.toEqual(first)
    }
    const two = 'query A { tide } query B { tide }'
    const a = await data(world, two, { operationName: 'A' })
    expect(await data(world, two, { operationName: 'B' })).not.toEqual(a)
    expect(await data(world, two, { operationName: 'A' })).toEqual(a)
  })

  it('never cross from one person to another, alone or beside public parts', async () => {
    const ada = { token: world.identity.login('ada').token }
    const bob = { token: world.identity.login('bob').token }
    for (const query of ['{ mine { who count } }', '{ tide mine { who count } }']) {
      const hers = (await data(world, query, ada)) as { mine: { who: string } }
      expect(hers.mine.who).toBe('ada')
      expect(await data(world, query, ada)).toEqual(hers)
      const his = (await data(world, query, bob)) as { mine: { who: string } }
      expect(his.mine.who).toBe('bob')
      expect(((await data(world, query)) as { mine: { who: string } }).mine.who).toBe('anonymous')
      expect(await data(world, query, bob)).toEqual(his)
      expect((await world.post(query, bob)).headers.get('cache-control')).toBe('max-age=60, private')
    }
  })

  it('are another session, another key, and another address to themselves', async () => {
    const query = '{ mine { count } }'
    const first = { token: world.identity.login('eve').token }
    const second = { token: world.identity.login('eve').token }
    const mine = await data(world, query, first)
    expect(await data(world, query, second)).not.toEqual(mine)
    expect(await data(world, query, { ...first, headers: { 'user-agent': 'another' } })).not.toEqual(mine)
    expect(await data(world, query, first)).toEqual(mine)
  })

  it('are those of strangers only to the same strangers, and of nobody with a login', async () => {
    const { token } = world.identity.login('p7')
    const query = '{ guarded }'
    const allowed = await data(world, query, { token })
    expect(allowed).toEqual({ guarded: expect.any(Number) })
    expect(await data(world, query, { token })).toEqual(allowed)
    const stranger = await world.post(query)
    expect(stranger.body.errors.map(({ extensions }) => extensions.code)).toEqual([
      'UNAUTHORIZED_FIELD_OR_TYPE',
    ])
    expect(stranger.headers.get('cache-control')).toBe('no-store')
  })

  it('are gone for whom has lost the right to them, and not back when it is given again', async () => {
    const { token } = world.identity.login('p8', ['tide:read'])
    const query = '{ secret mine { count } }'
    const before = await data(world, query, { token })
    expect(await data(world, query, { token })).toEqual(before)
    world.identity.setPermissions('p8', [])
    await until(
      async () => ((await data(world, query, { token })) as { secret: number | null }).secret === null,
    )
    world.identity.setPermissions('p8', ['tide:read'])
    await until(
      async () => ((await data(world, query, { token })) as { secret: number | null }).secret !== null,
    )
    expect(await data(world, query, { token })).not.toEqual(before)
  })

  it('are forgotten for whoever changes something, and for nobody else', async () => {
    const ada = { token: world.identity.login('ada').token }
    const bob = { token: world.identity.login('bob').token }
    const query = '{ mine { who count } }'
    const [hers, his] = [await data(world, query, ada), await data(world, query, bob)]
    await world.post('mutation { change }', ada)
    expect(await data(world, query, ada)).not.toEqual(hers)
    expect(await data(world, query, bob)).toEqual(his)
  })

  it('are never errors, nor the rest of an answer with errors', async () => {
    world.tide.isFlaky = true
    const failed = await world.post('{ tide flaky }')
    expect(failed.body.errors).toHaveLength(1)
    expect(failed.headers.get('cache-control')).toBe('no-store')
    world.tide.isFlaky = false
    const { body } = await world.post('{ tide flaky }')
    expect(body.errors).toBeUndefined()
    expect(await data(world, '{ tide flaky }')).toEqual(body.data)
  })

  it('are those of their own view, and of their own generation', async () => {
    const whole = await data(world, '{ tagged }')
    const small = await data(world, '{ tagged }', { path: '/graphql/small' })
    expect(small).not.toEqual(whole)
    expect(await data(world, '{ tagged }', { path: '/graphql/small' })).toEqual(small)
  })

  it('come over sockets as well', async () => {
    const answer = await data(world, '{ tide }')
    const { value } = await world.client().iterate({ query: '{ tide }' }).next()
    expect(value).toEqual({ data: answer })
  })

  it('are counted', async () => {
    const before = world.router.cacheStats()
    await data(world, 'query Counted { tide }')
    await data(world, 'query Counted { tide }')
    const after = world.router.cacheStats()
    expect([after.hits - before.hits, after.misses - before.misses, after.answers - before.answers]).toEqual([
      1, 1, 1,
    ])
  })
})

describe('the room for them', () => {
  it('is bounded, and nothing too large for it is kept', async () => {
    const world = await startTideWorld({ cache: { megabytes: 1 } })
    // 100 kB are more than a sixteenth.
    expect(await data(world, '{ large }')).not.toEqual(await data(world, '{ large }'))
    expect(world.router.cacheStats().answers).toBe(0)
    await world.close()
  })

  it('may be none: then headers alone say what others may keep', async () => {
    const world = await startTideWorld({ cache: { megabytes: 0 } })
    expect(await data(world, '{ tide }')).not.toEqual(await data(world, '{ tide }'))
    expect((await world.post('{ tide }')).headers.get('cache-control')).toBe('max-age=60, public')
    await world.close()
  })
})

describe.skipIf(!isRedisHere)(`answers in a Redis of several routers${withoutRedis}`, () => {
  let redis: TestRedis
  beforeAll(async () => {
    redis = await openRedis()
  })
  afterAll(() => redis?.stop())
  const open: { close(): unknown }[] = []
  afterEach(async () => {
    for (const one of open.splice(0).reverse()) await one.close()
  })
  const start = async (url: string, id: string) => {
    const world = await startTideWorld({ redisUrl: url }, id)
    open.push(world)
    return world
  }

  it('are given again by the other router, and dropped there too', async () => {
    const id = randomUUID()
    const [one, two] = [await start(redis.url, id), await start(redis.url, id)]
    const isShared = async () =>
      JSON.stringify(await data(one, '{ tide }')) === JSON.stringify(await data(two, '{ tide }'))
    await until(isShared)
    const answer = await data(one, 'query Shared { tide }')
    expect(await data(two, 'query Shared { tide }')).toEqual(answer)

    const { token } = one.identity.login('ada')
    const query = '{ mine { who count } }'
    const mine = await data(one, query, { token })
    expect(await data(one, query, { token })).toEqual(mine)
    await one.post('mutation { change }', { token })
    expect(await data(one, query, { token })).not.toEqual(mine)
  })

  it('are no more while it is away, without an error, and again when it is back', async () => {
    const sockets = new Set<Socket>()
    let isCut = false
    const wire = createServer((socket) => {
      if (isCut) return void socket.destroy()
      const far = connect(redis.port, '127.0.0.1')
      for (const end of [socket, far]) {
        sockets.add(end)
        end.on('error', () => {}).on('close', () => sockets.delete(end))
      }
      socket.pipe(far).pipe(socket)
    })
    await new Promise<void>((resolve) => wire.listen(0, '127.0.0.1', resolve))
    open.push({ close: () => new Promise((resolve) => wire.close(resolve)) })
    const address = wire.address()
    const port = typeof address === 'object' && address ? address.port : 0
    const world = await start(`redis://127.0.0.1:${port}`, randomUUID())
    const isShared = async () => {
      const [first, second] = [await world.post('{ tide }'), await world.post('{ tide }')]
      expect([first.status, second.status, first.body.errors, second.body.errors]).toEqual([
        200,
        200,
        undefined,
        undefined,
      ])
      return JSON.stringify(first.body) === JSON.stringify(second.body)
    }
    await until(isShared)
    isCut = true
    for (const socket of sockets) socket.destroy()
    await until(async () => !(await isShared()))
    isCut = false
    await until(isShared, 15_000)
  }, 30_000)
})
