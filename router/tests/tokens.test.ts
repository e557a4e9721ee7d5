import { generateKeyPair, SignJWT, UnsecuredJWT } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { TokenOver } from './support/toy-identity.ts'
import { startWorld, type World } from './support/world.ts'

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
    'made for a scope that is no text': { claims: { scope: ['admin'] } },
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
    const critical = await new SignJWT(claims)
      .setProtectedHeader({ alg: 'EdDSA', typ: 'at+jwt', kid, crit: ['urn:x'], 'urn:x': true })
      .setIssuer('http://localhost:4000')
      .setAudience('guildhall')
      .setExpirationTime('5m')
      .sign(world.identity.signingKey, { crit: { 'urn:x': true } })
    expect(await ask(`Bearer ${critical}`)).toMatchObject({ status: 401 })
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
    // Whose session it is does not suffer from it, even if the wrong token came first.
    const fresh = world.identity.login('p4')
    const wrong = await world.identity.token(fresh.sessionId, { claims: { sub: 'p2' } })
    expect((await ask(`Bearer ${wrong}`)).status).toBe(401)
    expect((await ask(`Bearer ${await fresh.token}`)).status).toBe(200)
  })
})
