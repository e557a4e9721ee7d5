import { type JWTPayload, SignJWT } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { audience, forge, trusted } from './support/external-tokens.ts'
import { type OidcServer, startOidcProvider } from './support/oidc.ts'
import { startWorld, until, untilHeard, type World } from './support/world.ts'

const refused = (message: string) => ({
  status: 401,
  body: { errors: [{ message, extensions: { code: 'UNAUTHENTICATED' } }] },
})
const invalid = refused('The access token is not valid.')

describe('tokens of a trusted external issuer', () => {
  let oidc: OidcServer
  let world: World
  beforeAll(async () => {
    oidc = await startOidcProvider(audience)
    world = await startWorld('in-process', { externalIssuers: [trusted(oidc.issuer)] })
    await untilHeard(world)
    world.identity.accounts.set(`${oidc.issuer} alice`, 'p1')
    world.identity.login('p1', ['admin'])
  })
  afterAll(async () => {
    await world.close()
    await oidc.close()
  })
  const ask = (token: string) => world.post('{ me { id } note { id secret } }', { token })

  it('are taken for the person whose account it is, who is admitted once', async () => {
    const { access_token: token } = await oidc.login('alice')
    for (let i = 0; i < 3; i++) {
      expect(await ask(token)).toMatchObject({
        status: 200,
        body: { data: { me: { id: 'p1' }, note: { secret: 's3cret' } } },
      })
    }
    expect(world.state.callers.at(-1)).toMatchObject({ kind: 'user', userId: 'p1', sessionId: 'xid_p1' })
    // Another token of the same person is the same person.
    expect(await ask((await oidc.login('alice')).access_token)).toMatchObject({ status: 200 })
    expect(world.identity.admissions).toEqual([
      {
        issuer: oidc.issuer,
        subject: 'alice',
        email: 'alice@elsewhere.test',
        isEmailVerified: true,
        displayName: 'Somebody Else',
      },
    ])
    expect(oidc.asked['/jwks']).toBe(1)
  })

  it('hear of lost rights at once, over HTTP and on sockets, which also close when the token ends', async () => {
    const { access_token: token } = await oidc.login('alice')
    const ends = await forge(oidc, {}, { exp: Math.floor(Date.now() / 1_000) + 2 })
    const codes: unknown[] = []
    const open = (shown: string) => {
      const client = world.client(shown)
      client.on('closed', (event) => void codes.push((event as { code: number }).code))
      client
        .iterate({ query: 'subscription { noteAdded { id } }' })
        .next()
        .catch(() => {})
    }
    open(ends)
    await until(() => world.state.openStreams === 1)
    await until(() => codes.length === 1)
    open(token)
    await until(() => world.state.openStreams === 1)
    const started = performance.now()
    world.identity.setPermissions('p1', [])
    await until(() => codes.length === 2)
    expect(performance.now() - started).toBeLessThan(2_000)
    expect(codes).toEqual([4403, 4403])
    expect((await ask(token)).body).toMatchObject({ data: { note: { secret: null } } })
    world.identity.setPermissions('p1', ['admin'])
  })

  it('of somebody who is not let in are refused, and identity is not asked each time', async () => {
    const { access_token: token } = await oidc.login('mallory')
    const before = world.identity.admissions.length
    for (let i = 0; i < 20; i++)
      expect(await ask(token)).toMatchObject(refused('This account is not let in here.'))
    expect(world.identity.admissions.length).toBe(before + 1)
  })

  it('are not what the provider makes for logging in', async () => {
    const { id_token: idToken, refresh_token: refreshToken } = await oidc.login('alice')
    expect(await ask(idToken)).toMatchObject(invalid)
    expect((await ask(refreshToken)).status).toBe(401)
  })

  const wrong: Record<string, [header: object, claims: JWTPayload]> = {
    'for another audience': [{}, { aud: 'somebody-else' }],
    'for the client alone': [{ typ: 'JWT' }, { aud: 'house' }],
    expired: [{}, { exp: 1_700_000_000 }],
    'without an end': [{}, { exp: undefined as never }],
    'without a beginning': [{}, { iat: undefined as never }],
    'without a subject': [{}, { sub: undefined as never }],
    'for nobody': [{}, { sub: '' }],
    'not valid yet': [{}, { nbf: 9_999_999_999 }],
    'of a login (nonce)': [{ typ: 'JWT' }, { nonce: 'x' }],
    'of a login (at_hash)': [{ typ: 'JWT' }, { at_hash: 'x' }],
    'of a logout': [{ typ: 'logout+jwt' }, {}],
    'of a logout without a type': [{ typ: 'JWT' }, { events: {} }],
    'of a login, says Keycloak': [{ typ: 'JWT' }, { typ: 'ID' }],
    'our own context': [{ typ: 'ctx+jwt' }, {}],
    'of an unknown key': [{ kid: '../../dev/null' }, {}],
    'of an issuer that is almost the same': [{}, { iss: 'http://127.0.0.1' }],
    'signed otherwise than it says': [{ alg: 'PS256' }, {}],
  }
  it.each(Object.entries(wrong))('are refused when %s', async (_name, [header, claims]) => {
    const token = await forge(oidc, {}, claims)
    const [, payload, signature] = token.split('.')
    const { alg, ...rest } = { alg: undefined, ...header }
    const shown = alg
      ? `${Buffer.from(JSON.stringify({ alg, typ: 'at+jwt', kid: oidc.privateJwk.kid })).toString('base64url')}.${payload}.${signature}`
      : await forge(oidc, rest, claims)
    expect(await ask(shown)).toMatchObject(invalid)
  })

  it('of providers from before RFC 9068 are taken: typed JWT or not at all', async () => {
    expect(await ask(await forge(oidc, { typ: 'JWT' }))).toMatchObject({ status: 200 })
    expect(await ask(await forge(oidc, { typ: undefined }, { typ: 'Bearer' }))).toMatchObject({ status: 200 })
    expect(await ask(await forge(oidc, { typ: 'application/at+jwt' }))).toMatchObject({ status: 200 })
    const both = { aud: ['account', audience] }
    expect(await ask(await forge(oidc, { typ: 'JWT' }, both))).toMatchObject({ status: 200 })
  })

  it('of Keycloak are taken for what they say they are, also when they name the client alone', async () => {
    const house = { typ: 'Bearer', aud: 'house' }
    const world = await startWorld('in-process', {
      externalIssuers: [trusted(oidc.issuer, { tokenAudience: 'house' })],
    })
    try {
      world.identity.accounts.set(`${oidc.issuer} alice`, 'p1')
      const status = async (claims: JWTPayload) =>
        (await world.post('{ me { id } }', { token: await forge(oidc, { typ: 'JWT' }, claims) })).status
      expect(await status(house)).toBe(200)
      for (const typ of ['ID', 'Refresh', 'Logout', undefined]) {
        expect(await status({ ...house, typ })).toBe(401)
      }
    } finally {
      await world.close()
    }
  })

  it('signed with a public key as a shared secret are refused', async () => {
    const secret = new TextEncoder().encode(JSON.stringify({ ...oidc.privateJwk, d: undefined }))
    const now = Math.floor(Date.now() / 1_000)
    const token = await new SignJWT({
      iss: oidc.issuer,
      aud: audience,
      sub: 'alice',
      iat: now,
      exp: now + 300,
    })
      .setProtectedHeader({ alg: 'HS256', typ: 'at+jwt', kid: String(oidc.privateJwk.kid) })
      .sign(secret)
    expect(await ask(token)).toMatchObject(invalid)
  })
})
