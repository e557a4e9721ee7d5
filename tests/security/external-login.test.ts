import { readFileSync } from 'node:fs'
import path from 'node:path'
import { readConfig } from '@guildhall/kit/config'
import { recordingTransport } from '@guildhall/kit/testing/recording-transport'
import { decodeJwt } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type OidcServer, startOidcProvider } from '../../router/tests/support/oidc.ts'
import { redirectUrl, startIssuer, type TestIssuer } from '../../subgraphs/identity/tests/issuer.ts'
import { createTestClient } from '../support/client.ts'
import { openTestHouse } from '../support/houses.ts'
import { openSocket, type Socket } from '../support/socket.ts'
import { openStream, overHttp } from './support/attempts.ts'

const mail = recordingTransport()
let north: TestIssuer
let south: TestIssuer
let tokens: OidcServer
let house: Awaited<ReturnType<typeof openTestHouse>>
let socket: Socket
beforeAll(async () => {
  const client = { client_id: 'guildhall', token_endpoint_auth_method: 'none' } as const
  north = await startIssuer(client)
  south = await startIssuer(client)
  tokens = await startOidcProvider('guildhall')
  process.env.OIDC_ISSUERS = JSON.stringify([
    { name: 'north', label: 'North', issuer: north.url, clientId: 'guildhall' },
    { name: 'south', label: 'South', issuer: south.url, clientId: 'guildhall' },
    { name: 'tokens', label: 'Tokens', issuer: tokens.issuer, clientId: 'house', tokenAudience: 'guildhall' },
  ])
  house = await openTestHouse({ mail, externalIssuers: readConfig().OIDC_ISSUERS })
  socket = openSocket(house.url, null)
  for (const issuer of [north, south])
    issuer.accounts.set('eve', { email: 'eve@example.org', email_verified: true })
})
afterAll(async () => {
  await socket?.close()
  await house?.close()
  for (const issuer of [north, south, tokens]) await issuer?.close()
})

type Way = <Data>(query: string, variables?: object) => Promise<Data>
const doors: [name: string, way: Way][] = [
  [
    'HTTP',
    async (query, variables) => (await createTestClient(house.url).request(query, variables)).data as never,
  ],
  ['WebSocket', async (query, variables) => (await socket.run(query, variables)).data as never],
]

interface Begun {
  authorizationUrl: string
  flowToken: string
  userErrors: { code: string }[]
}
interface Ended {
  tokens: { accessToken: string } | null
  link: object | null
  returnTo: string | null
  userErrors: { code: string }[]
}

const begin = async (way: Way, input: object = {}): Promise<Begun> =>
  (
    await way<{ startExternalLogin: Begun }>(
      `mutation ($input: StartExternalLoginInput!) {
        startExternalLogin(input: $input) { authorizationUrl flowToken userErrors { code } } }`,
      { input: { issuer: 'north', redirectUrl, returnTo: '/events', ...input } },
    )
  ).startExternalLogin
const end = async (way: Way, flowToken: string, callbackUrl: string): Promise<Ended> =>
  (
    await way<{ completeExternalLogin: Ended }>(
      `mutation ($input: CompleteExternalLoginInput!) {
        completeExternalLogin(input: $input) { tokens { accessToken } link { token } returnTo userErrors { code } } }`,
      { input: { flowToken, callbackUrl } },
    )
  ).completeExternalLogin

/** Everything that a login may leave behind, but for the way itself. */
const traces = async () => {
  const [row] = await house.house.host.database.sql`
    select (select count(*) from identity."user") as users,
      (select count(*) from identity.external_identity) as identities,
      (select count(*) from identity.session) as sessions,
      (select count(*) from identity.one_time_token) as tokens,
      (select count(*) from identity.outbox) as events`
  return row
}

const altered = (address: string, changes: Record<string, string | null>): string => {
  const url = new URL(address)
  for (const [name, value] of Object.entries(changes)) {
    if (value === null) url.searchParams.delete(name)
    else url.searchParams.set(name, value)
  }
  return url.href
}

describe.each(doors)('an external login over %s', (_, way) => {
  it('gives a session once, and nothing the second time', async () => {
    const { authorizationUrl, flowToken } = await begin(way)
    const callbackUrl = await north.visit(authorizationUrl, 'eve')
    const { tokens: given, returnTo, userErrors } = await end(way, flowToken, callbackUrl)
    expect([returnTo, userErrors]).toEqual(['/events', []])
    expect((await overHttp(house.url, given?.accessToken ?? '')).status).toBe(200)
    const before = await traces()
    expect((await end(way, flowToken, callbackUrl)).userErrors).toEqual([{ code: 'STATE_MISMATCH' }])
    expect(await traces()).toEqual(before)
  })

  const wrong: Record<
    string,
    { authorization?: object; callback?: object; flowToken?: string; code: string }
  > = {
    'without a state': { callback: { state: null }, code: 'STATE_MISMATCH' },
    'with another state': { callback: { state: 'x' }, code: 'STATE_MISMATCH' },
    'in another browser': { flowToken: 'x'.repeat(43), code: 'STATE_MISMATCH' },
    'with another nonce': { authorization: { nonce: 'x' }, code: 'NONCE_MISMATCH' },
    'with another proof key': {
      authorization: { code_challenge: 'x'.repeat(43) },
      code: 'EXTERNAL_LOGIN_FAILED',
    },
    'without a proof key': {
      authorization: { code_challenge: null, code_challenge_method: null },
      code: 'EXTERNAL_LOGIN_FAILED',
    },
    'with another code': { callback: { code: 'x'.repeat(43) }, code: 'EXTERNAL_LOGIN_FAILED' },
    'without the name of the issuer': { callback: { iss: null }, code: 'EXTERNAL_LOGIN_FAILED' },
    'with the name of another issuer': {
      callback: { iss: 'https://evil.example' },
      code: 'ISSUER_UNKNOWN',
    },
  }
  it.each(Object.entries(wrong))('that ends %s is refused, and leaves nothing', async (_name, change) => {
    const { authorizationUrl, flowToken } = await begin(way)
    const asked = altered(authorizationUrl, { ...change.authorization })
    const callbackUrl = altered(await north.visit(asked, 'eve'), { ...change.callback })
    const before = await traces()
    expect(await end(way, change.flowToken ?? flowToken, callbackUrl)).toEqual({
      tokens: null,
      link: null,
      returnTo: null,
      userErrors: [{ code: change.code }],
    })
    expect(await traces()).toEqual(before)
  })

  it('is not finished with the code of another issuer', async () => {
    const { authorizationUrl, flowToken } = await begin(way)
    const { search } = new URL(authorizationUrl)
    const callbackUrl = await south.visit(`${south.url}/auth${search}`, 'eve')
    const before = await traces()
    expect((await end(way, flowToken, callbackUrl)).userErrors).toEqual([{ code: 'ISSUER_UNKNOWN' }])
    expect(await traces()).toEqual(before)
  })

  it.each([
    [{ redirectUrl: 'https://evil.example/auth/callback' }, 'REDIRECT_NOT_ALLOWED'],
    [{ redirectUrl: `${redirectUrl}/../evil` }, 'REDIRECT_NOT_ALLOWED'],
    [{ returnTo: 'https://evil.example' }, 'INVALID_VALUE'],
    [{ returnTo: '//evil.example' }, 'INVALID_VALUE'],
    [{ returnTo: '/\\evil.example' }, 'INVALID_VALUE'],
    [{ issuer: 'nobody' }, 'ISSUER_UNKNOWN'],
  ])('does not begin with %j', async (input, code) => {
    expect(await begin(way, input)).toEqual({
      authorizationUrl: null,
      flowToken: null,
      userErrors: [{ code }],
    })
  })
})

it('works as docs/identity.md writes it down for a single-page application', async () => {
  const page = readFileSync(path.join(import.meta.dirname, '../../docs/identity.md'), 'utf8')
  const [, code = ''] = /```js\n([\s\S]*?)```/.exec(page) ?? []
  const store = new Map<string, string>()
  const sent: string[] = []
  const location = {
    origin: 'http://localhost:4000',
    pathname: '/events',
    href: '',
    assign: (url: string) => void sent.push(url),
  }
  const sessionStorage = {
    getItem: (key: string) => store.get(key) ?? null,
    setItem: (key: string, value: string) => void store.set(key, value),
    removeItem: (key: string) => void store.delete(key),
  }
  const browser = { location, sessionStorage, history: { replaceState: () => {} } }
  const source = code
    .replaceAll('export ', '')
    .replaceAll('http://localhost:4000/graphql', `${house.url}/graphql`)
  const app = new Function(...Object.keys(browser), `${source}\nreturn { logInAt, comeBack }`)(
    ...Object.values(browser),
  ) as { logInAt(issuer: string): Promise<void>; comeBack(): Promise<Ended> }
  await app.logInAt('north')
  location.href = await north.visit(sent[0] ?? '', 'eve')
  const { tokens: given, returnTo, userErrors } = await app.comeBack()
  expect([returnTo, userErrors, store.size]).toEqual(['/events', [], 0])
  expect((await overHttp(house.url, given?.accessToken ?? '')).status).toBe(200)
})

describe('an access token of a trusted issuer', () => {
  const me = async (token: string) => {
    const client = createTestClient(house.url)
    client.accessToken = token
    return client.request<{ me: { id: string; email: string; externalIdentities: { id: string }[] } }>(
      '{ me { id email externalIdentities { id } } }',
    )
  }

  it('opens the API for a person who then has an account, but nothing that is dangerous', async () => {
    const { access_token: token } = await tokens.login('grace')
    const { status, data } = await me(token)
    expect([status, data.me.email]).toEqual([200, 'grace@elsewhere.test'])
    expect((await me((await tokens.login('grace')).access_token)).data.me.id).toBe(data.me.id)
    const client = createTestClient(house.url)
    client.accessToken = token
    const { errors } = await client.request(
      'mutation ($id: ID!) { unlinkExternalIdentity(input: { id: $id }) { userErrors { code } } }',
      { id: data.me.externalIdentities[0]?.id },
    )
    expect(errors.map(({ extensions }) => extensions.code)).toEqual(['STEP_UP_REQUIRED'])
  })

  it('ends with the identity, within two seconds, over HTTP and on open sockets', async () => {
    const { access_token: token } = await tokens.login('alan')
    const [identity] = (await me(token)).data.me.externalIdentities
    const owner = createTestClient(house.url)
    const email = 'alan@elsewhere.test'
    const password = 'a password for whoever reads the mail'
    await owner.mutate('requestPasswordReset', { email }, 'isAccepted')
    await house.house.host.settle()
    const text =
      mail.sent().findLast(({ to, kind }) => to === email && kind === 'identity.reset_password')?.text ?? ''
    const link = /\?token=([\w-]{43})$/m.exec(text)?.[1]
    await owner.mutate('resetPassword', { token: link, newPassword: password }, 'isReset')
    const login = await owner.mutate<{ tokens: { accessToken: string } }>(
      'login',
      { email, password },
      'tokens { accessToken }',
    )
    owner.accessToken = login.tokens.accessToken
    expect(decodeJwt(login.tokens.accessToken).sub).toBe((await me(token)).data.me.id)

    const stream = await openStream(house.url, token)
    const startedAt = performance.now()
    await owner.mutate('unlinkExternalIdentity', { id: identity?.id }, 'removedExternalIdentityId')
    expect(await stream.closed).toBe(4403)
    expect((await overHttp(house.url, token)).status).toBe(401)
    expect(performance.now() - startedAt).toBeLessThan(2_000)
  })

  it('is refused when its address belongs to somebody else here', async () => {
    const victim = createTestClient(house.url)
    const taken = { email: 'ida@elsewhere.test', password: 'correct horse battery', displayName: 'Ida' }
    await victim.mutate('registerUser', taken, 'isAccepted')
    const before = await traces()
    expect((await overHttp(house.url, (await tokens.login('ida')).access_token)).status).toBe(401)
    expect(await traces()).toEqual(before)
  })
})
