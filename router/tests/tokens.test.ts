import { generateKeyPair, SignJWT, UnsecuredJWT } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { TokenOver } from './support/toy-identity.ts'
import { startWorld, until, untilHeard, type World } from './support/world.ts'

const refused = (message: string) => ({
  errors: [
    { message, extensions: { code: 'UNAUTHENTICATED', errorId: expect.any(String), retryable: false } },
  ],
})

describe('access tokens', () => {
  let world: World
  let session: { sessionId: string; token: Promise<string> }
  beforeAll(async () => {
    world = await startWorld('in-process')
    session = world.identity.login('p1')
    await session.token
  })
  afterAll(() => world.close())
  const ask = (authorization: string | undefined) =>
    world.post('{ me { name } }', authorization === undefined ? {} : { headers: { authorization } })

  it('say who is calling', async () => {
    expect(await ask(`Bearer ${await session.token}`)).toMatchObject({
      status: 200,
      body: { data: { me: { name: 'Person p1' } } },
    })
    expect(await ask(`bearer ${await session.token}`)).toMatchObject({ status: 200 })
  })

  it('are not needed by anonymous callers', async () => {
    for (const none of [undefined, '']) {
      expect(await ask(none)).toMatchObject({ status: 200, body: { data: { me: null } } })
    }
    expect(world.state.callers.at(-1)).toEqual({ kind: 'anonymous' })
  })

  it.each(['Bearer', 'Basic dXNlcjpwYXNz', 'Bearer a b', 'Bearer a.b', 'x', `Bearer ${'a'.repeat(9_000)}`])(
    'are refused in another form: %.30s',
    async (header) => {
      expect(await ask(header)).toMatchObject({
        status: 401,
        body: refused('The Authorization header is not a bearer token.'),
      })
    },
  )

  const wrong: Record<string, TokenOver> = {
    'of another issuer': { issuer: 'http://evil.test' },
    'for another audience': { audience: 'guildhall-subgraphs' },
    'of another type': { header: { typ: 'ctx+jwt' } },
    'without a type': { header: { typ: undefined } },
    expired: { claims: { iat: 1 }, lifetime: '-10s' },
    'without an end': { lifetime: null },
    'without a session': { claims: { sid: undefined } },
    'without a subject': { claims: { sub: '' } },
    'not valid yet': { claims: { nbf: 9_999_999_999 } },
    'of an unknown key': { header: { kid: '../../dev/null' } },
    'without a key id': { header: { kid: undefined } },
    'signed with HS256 and the public key': { alg: 'HS256', key: new TextEncoder().encode('x'.repeat(32)) },
  }
  it.each(Object.entries(wrong))('are refused when %s', async (_name, over) => {
    const token = await world.identity.token(session.sessionId, over)
    expect(await ask(`Bearer ${token}`)).toMatchObject({
      status: 401,
      body: refused('The access token is not valid.'),
    })
  })

  it('are refused without a signature, with a stranger’s, and with a key that they bring along', async () => {
    const claims = { sub: 'p1', sid: session.sessionId }
    const unsigned = new UnsecuredJWT(claims)
      .setIssuer('http://localhost:4000')
      .setAudience('guildhall')
      .setExpirationTime('5m')
      .encode()
    const stranger = await generateKeyPair('EdDSA', { extractable: true })
    const jwk = await import('jose').then(({ exportJWK }) => exportJWK(stranger.publicKey))
    const kid = 'key0'
    const sign = (header: object) =>
      new SignJWT(claims)
        .setProtectedHeader({ alg: 'EdDSA', typ: 'at+jwt', ...header })
        .setIssuer('http://localhost:4000')
        .setAudience('guildhall')
        .setExpirationTime('5m')
        .sign(stranger.privateKey)
    const tokens = [
      unsigned,
      await sign({ kid }),
      await sign({ kid, jwk }),
      await sign({ jwk }),
      await sign({ jku: 'http://127.0.0.1:1' }),
    ]
    for (const token of tokens) {
      expect(await ask(`Bearer ${token}`)).toMatchObject({
        status: 401,
        body: refused('The access token is not valid.'),
      })
    }
    const [head, , signature] = (await session.token).split('.')
    const other = Buffer.from(JSON.stringify({ ...claims, sub: 'p2' })).toString('base64url')
    expect(await ask(`Bearer ${head}.${other}.${signature}`)).toMatchObject({ status: 401 })
  })

  it('of a session that belongs to somebody else, or to nobody, are refused', async () => {
    const stolen = await world.identity.token(session.sessionId, { claims: { sub: 'p2' } })
    const unknown = await world.identity.token('ses_unknown', { claims: { sub: 'p2' } })
    for (const token of [stolen, unknown]) {
      expect(await ask(`Bearer ${token}`)).toMatchObject({
        status: 401,
        body: refused('The session has ended, log in again.'),
      })
    }
  })
})

describe('signing keys', () => {
  it('are asked for once per cooldown however many unknown ids come in, while good tokens go on working', async () => {
    const world = await startWorld('in-process')
    try {
      const { sessionId, token } = world.identity.login('p1')
      expect(await world.post('{ me { id } }', { token })).toMatchObject({ status: 200 })
      expect(world.identity.asked.signingKeys).toBe(1)
      const storm = Array.from({ length: 200 }, async (_, i) =>
        world.post('{ me { id } }', {
          token: world.identity.token(sessionId, { header: { kid: `made-up-${i}` } }),
        }),
      )
      expect((await Promise.all(storm)).map(({ status }) => status)).toEqual(Array(200).fill(401))
      expect(world.identity.asked.signingKeys).toBe(2)
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

  it('are published without a private part', async () => {
    const world = await startWorld('in-process')
    const { keys } = await fetch(`${world.url}/.well-known/jwks.json`).then((response) => response.json())
    const { kty, crv, x, kid } = world.identity.privateJwk
    expect(keys).toEqual([{ kty, crv, x, kid, alg: 'EdDSA', use: 'sig' }])
    await world.close()
  })
})

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
      expect((await fetch(`${world.url}/health/ready`)).status).toBe(503)
      expect((await fetch(`${world.url}/health/live`)).status).toBe(200)
      world.identity.away = false
      await until(async () => (await world.post('{ me { id } }', { token })).status === 200)
      expect((await fetch(`${world.url}/health/ready`)).status).toBe(200)
    } finally {
      await world.close()
    }
  })
})
