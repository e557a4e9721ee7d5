import { createLog } from '@guildhall/kit/log'
import {
  allowInsecureRequests,
  ClientSecretBasic,
  ClientSecretPost,
  type Configuration,
  clientCredentialsGrant,
  customFetch,
  discovery,
  refreshTokenGrant,
  tokenIntrospection,
  tokenRevocation,
} from 'openid-client'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Client } from '../support/client.ts'
import { openTestHouse, type RunningHouse } from '../support/houses.ts'
import { newPerson } from '../support/people.ts'
import { openStream, overHttp } from './support/attempts.ts'

/** The address by which the house calls itself; requests to it are sent to where it listens. */
const publicUrl = 'http://localhost:4000'

const lines: string[] = []
let house: RunningHouse
let owner: Client
let apiKey: { id: string; key: string }
beforeAll(async () => {
  const log = createLog('info', { write: (line) => void lines.push(line) })
  house = await openTestHouse({ production: true, corsOrigins: ['https://app.test'], log })
  owner = await newPerson(house.url, 'Ada')
  await owner.mutate('createOrganization', { name: 'Open City', kind: 'INNOVATION' }, 'organization { id }')
  const made = await owner.mutate<{ apiKey: { id: string }; key: string }>(
    'createApiKey',
    { name: 'ci', scopes: ['events:write', 'members:manage'] },
    'apiKey { id } key',
  )
  apiKey = { id: made.apiKey.id, key: made.key }
})
afterAll(() => house?.close())

/** As a program of somebody else finds us: by our public URL alone. */
const discovered = (
  algorithm: 'oidc' | 'oauth2',
  authentication = ClientSecretBasic(apiKey.key),
): Promise<Configuration> =>
  discovery(new URL(publicUrl), apiKey.id, undefined, authentication, {
    algorithm,
    execute: [allowInsecureRequests],
    [customFetch]: (url, options) => fetch(url.replace(publicUrl, house.url), options as RequestInit),
  })

const post = (path: string, form: Record<string, string> | string, headers: Record<string, string> = {}) =>
  fetch(`${house.url}/oauth/${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
    body: typeof form === 'string' ? form : new URLSearchParams(form).toString(),
  })
const answerOf = async (response: Response) => [response.status, (await response.json()).error]
const basic = (id: string, secret: string) => ({
  authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`,
})
const good = () => basic(apiKey.id, apiKey.key)

async function logIn(): Promise<{ accessToken: string; refreshToken: string }> {
  const { data } = await owner.request<{ me: { email: string } }>('{ me { email } }')
  const { tokens } = await owner.mutate<{ tokens: { accessToken: string; refreshToken: string } }>(
    'login',
    { email: data.me.email, password: 'correct horse battery staple' },
    'tokens { accessToken refreshToken }',
  )
  return tokens
}

describe('an OAuth client', () => {
  it.each(['oidc', 'oauth2'] as const)('finds everything by discovery (%s)', async (algorithm) => {
    const metadata = (await discovered(algorithm)).serverMetadata()
    expect(metadata).toMatchObject({
      issuer: publicUrl,
      jwks_uri: `${publicUrl}/.well-known/jwks.json`,
      token_endpoint: `${publicUrl}/oauth/token`,
      revocation_endpoint: `${publicUrl}/oauth/revoke`,
      introspection_endpoint: `${publicUrl}/oauth/introspect`,
      grant_types_supported: ['client_credentials', 'refresh_token'],
      id_token_signing_alg_values_supported: ['EdDSA'],
    })
    expect(metadata.authorization_endpoint).toBeUndefined()
  })

  it.each([
    ['client_secret_basic', () => ClientSecretBasic(apiKey.key)],
    ['client_secret_post', () => ClientSecretPost(apiKey.key)],
  ] as const)('trades its key for a token and looks into it (%s)', async (_name, authentication) => {
    const client = await discovered('oauth2', authentication())
    const issued = await clientCredentialsGrant(client, { scope: 'members:manage' })
    expect(issued).toMatchObject({ token_type: 'bearer', scope: 'members:manage' })
    expect(issued.expires_in).toBeGreaterThan(290)
    expect(issued.refresh_token).toBeUndefined()
    expect((await overHttp(house.url, issued.access_token)).status).toBe(200)

    const facts = await tokenIntrospection(client, issued.access_token)
    expect(facts).toEqual({
      active: true,
      iss: publicUrl,
      sub: owner.userId,
      aud: 'guildhall',
      sid: apiKey.id,
      client_id: apiKey.id,
      scope: 'members:manage',
      token_type: 'Bearer',
      iat: expect.any(Number),
      exp: expect.any(Number),
      jti: expect.any(String),
    })
  })

  it('refreshes a session', async () => {
    const { refreshToken } = await logIn()
    const client = await discovered('oidc')
    const next = await refreshTokenGrant(client, refreshToken)
    expect((await overHttp(house.url, next.access_token)).status).toBe(200)
    expect(next.refresh_token).not.toBe(refreshToken)
    const facts = await tokenIntrospection(client, next.access_token)
    expect(facts).toMatchObject({ active: true, sub: owner.userId, client_id: 'guildhall' })
    expect(await tokenIntrospection(client, next.refresh_token ?? '')).toEqual({ active: false })
    // A spent one is the end of the session.
    await refreshTokenGrant(client, next.refresh_token ?? '')
    await refreshTokenGrant(client, next.refresh_token ?? '').catch(() => {})
    expect(
      await answerOf(await post('token', { grant_type: 'refresh_token', refresh_token: refreshToken })),
    ).toEqual([400, 'invalid_grant'])
  })

  it('revokes a session, which ends its tokens and sockets; an unknown token is as good as revoked', async () => {
    const { accessToken, refreshToken } = await logIn()
    const client = await discovered('oauth2')
    const stream = await openStream(house.url, accessToken)
    await tokenRevocation(client, refreshToken)
    expect(await stream.closed).toBe(4403)
    expect((await overHttp(house.url, accessToken)).status).toBe(401)
    expect(await tokenIntrospection(client, accessToken)).toEqual({ active: false })
    for (const token of [refreshToken, 'unknown', 'a.b.c', `ghk_${'0'.repeat(40)}`]) {
      expect((await post('revoke', { token })).status).toBe(200)
    }
  })
})

describe('introspection', () => {
  it('is for those who have a key, shown in any way', async () => {
    const token = owner.accessToken ?? ''
    const active = async (form: Record<string, string>, headers: Record<string, string>) => {
      const response = await post('introspect', { token, ...form }, headers)
      return [response.status, (await response.json()).active]
    }
    expect(await active({}, good())).toEqual([200, true])
    expect(await active({}, { authorization: `Bearer ${apiKey.key}` })).toEqual([200, true])
    expect(await active({ client_id: apiKey.id, client_secret: apiKey.key }, {})).toEqual([200, true])
    for (const headers of [
      {},
      { authorization: `Bearer ${token}` },
      { authorization: 'Bearer' },
      basic(apiKey.id, 'wrong'),
      basic(apiKey.id, `ghk_${'0'.repeat(40)}`),
      { authorization: 'Basic !' },
      { authorization: `Basic ${Buffer.from('nocolon').toString('base64')}` },
    ]) {
      const response = await post('introspect', { token }, headers)
      expect(response.headers.get('www-authenticate')).toBe('Basic realm="guildhall"')
      expect(await answerOf(response)).toEqual([401, 'invalid_client'])
    }
  })

  it('tells nothing but that what is no access token of ours is not active', async () => {
    const [head, body, signature] = (owner.accessToken ?? '').split('.')
    for (const token of [
      apiKey.key,
      'x',
      'a.b.c',
      `${head}.${body}.${signature?.slice(1)}x`,
      `${head}.${body}.`,
    ]) {
      const response = await post('introspect', { token }, good())
      expect([response.status, await response.json()]).toEqual([200, { active: false }])
    }
  })
})

describe('the token endpoint', () => {
  it('refuses as RFC 6749 says, keeps nothing in caches, and names nothing of ours', async () => {
    const wanted = { grant_type: 'client_credentials' }
    const cases: [Response, number, string][] = [
      [await post('token', {}, good()), 400, 'invalid_request'],
      [await post('token', { grant_type: 'password' }, good()), 400, 'unsupported_grant_type'],
      [await post('token', { grant_type: 'authorization_code' }, good()), 400, 'unsupported_grant_type'],
      [await post('token', { grant_type: 'refresh_token' }), 400, 'invalid_request'],
      [await post('token', { grant_type: 'refresh_token', refresh_token: 'x' }), 400, 'invalid_grant'],
      [await post('token', wanted), 401, 'invalid_client'],
      [await post('token', wanted, basic(apiKey.id, 'wrong')), 401, 'invalid_client'],
      [
        await post('token', wanted, basic('key_01h455vb4pex5vsknk084sn02q', apiKey.key)),
        401,
        'invalid_client',
      ],
      [await post('token', wanted, { authorization: 'Basic %%%' }), 401, 'invalid_client'],
      [await post('token', { ...wanted, client_secret: apiKey.key }, good()), 400, 'invalid_request'],
      [await post('token', { ...wanted, scope: 'nobody:knows' }, good()), 400, 'invalid_scope'],
      [await post('token', { ...wanted, scope: 'organizations:manage' }, good()), 400, 'invalid_scope'],
      [
        await post('token', 'grant_type=client_credentials&grant_type=password', good()),
        400,
        'invalid_request',
      ],
      [
        await post('token', JSON.stringify(wanted), { 'content-type': 'application/json', ...good() }),
        400,
        'invalid_request',
      ],
      [await post('token', '{"a":', { 'content-type': 'application/json' }), 400, 'invalid_request'],
      [await post('token', 'x', { 'content-type': 'text/plain' }), 400, 'invalid_request'],
      [await post('token', `grant_type=${'x'.repeat(20_000)}`, good()), 413, 'invalid_request'],
      [await post('revoke', {}), 400, 'invalid_request'],
      [await post('introspect', {}, good()), 400, 'invalid_request'],
    ]
    for (const [index, [response, status, error]] of cases.entries()) {
      const body = await response.json()
      expect([index, response.status, body]).toEqual([
        index,
        status,
        { error, error_description: expect.any(String) },
      ])
      expect(response.headers.get('cache-control')).toBe('no-store')
      expect(JSON.stringify(body)).not.toMatch(/node_modules|\.ts\b|at \w+ \(|127\.0\.0\.1|select /)
    }
    expect((await fetch(`${house.url}/oauth/token`)).status).toBe(404)
    const issued = await post('token', wanted, good())
    expect([issued.status, issued.headers.get('cache-control')]).toEqual([200, 'no-store'])
  })

  it('is open to the pages that are configured, and to no other', async () => {
    const allowed = async (origin: string) =>
      (await post('token', {}, { origin })).headers.get('access-control-allow-origin')
    expect(await allowed('https://app.test')).toBe('https://app.test')
    expect(await allowed('https://evil.test')).toBeNull()
  })
})

it('each request is one line of the log, without secrets', async () => {
  lines.length = 0
  await post('token', { grant_type: 'client_credentials' }, good())
  await post('token', { grant_type: 'client_credentials', client_id: apiKey.id, client_secret: 'ghk_guess' })
  await post('introspect', { token: 'a.b.c' })
  const told = lines.map((line) => JSON.parse(line)).filter(({ msg }) => msg === 'oauth')
  const facts = { requestId: expect.any(String), ms: expect.any(Number) }
  expect(told).toMatchObject([
    { ...facts, path: '/oauth/token', grant: 'client_credentials', client: apiKey.id, outcome: 'ok' },
    { ...facts, path: '/oauth/token', client: apiKey.id, outcome: 'invalid_client' },
    { ...facts, path: '/oauth/introspect', outcome: 'invalid_client' },
  ])
  expect(lines.join('\n')).not.toMatch(/ghk_|eyJ|a\.b\.c/)
})
