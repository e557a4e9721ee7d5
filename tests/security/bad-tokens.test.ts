import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { contextHeader, createCallerSigner } from '@guildhall/kit/caller'
import { makeKeyPair } from '@guildhall/kit/keys'
import { exportJWK, generateKeyPair } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Client } from '../support/client.ts'
import { openTestHouse } from '../support/houses.ts'
import { newPerson } from '../support/people.ts'
import { overHttp, overSocket } from './support/attempts.ts'
import { encode, type PlantedKey, plantSigningKey, sign } from './support/forge.ts'

let house: Awaited<ReturnType<typeof openTestHouse>>
let person: Client
let key: PlantedKey
let header: Record<string, unknown>
let claims: Record<string, unknown>
/** Where tokens point to for keys. */
let elsewhere: { url: string; requests: number; close(): void }

beforeAll(async () => {
  house = await openTestHouse({ production: true })
  key = await plantSigningKey(house.databaseUrl)
  person = await newPerson(house.url, 'Ada')
  const [head, body] = (person.accessToken ?? '').split('.')
  header = { ...JSON.parse(Buffer.from(head ?? '', 'base64url').toString()), kid: key.kid }
  claims = JSON.parse(Buffer.from(body ?? '', 'base64url').toString())
  const server = createServer((_request, response) => {
    elsewhere.requests += 1
    response.end(JSON.stringify({ keys: [key.publicJwk] }))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  elsewhere = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/jwks`,
    requests: 0,
    close: () => server.close(),
  }
})
afterAll(async () => {
  await house?.close()
  elsewhere?.close()
})

/** Nothing of the inside may show. */
const inside = /node_modules|\.ts\b|at \w+|identity|jose|jwt|select |kid|localhost|127\.0\.0\.1|postgres/i

const refusal = {
  errors: [
    {
      message: expect.any(String),
      extensions: { code: 'UNAUTHENTICATED', errorId: expect.any(String), retryable: false },
    },
  ],
}

const soon = () => Math.floor(Date.now() / 1_000) + 300
const without = (name: string) => ({ ...claims, [name]: undefined })
const other = () => generateKeyPair('EdDSA', { extractable: true })

/** What is wrong → how such a token is made; all but the first few are signed with a key of the house. */
const bad: Record<string, () => Promise<string> | string> = {
  'is not signed (alg none)': () => `${encode({ ...header, alg: 'none' })}.${encode(claims)}.`,
  'is not signed (alg nOnE)': () => `${encode({ ...header, alg: 'nOnE' })}.${encode(claims)}.`,
  'has no signature': () => (person.accessToken ?? '').replace(/[^.]*$/, ''),
  'has a signature of something else': async () =>
    `${encode(header)}.${encode({ ...claims, sub: 'usr_else' })}.${person.accessToken?.split('.')[2]}`,
  'is signed with HS256 and the public key (JWK)': () =>
    sign(new TextEncoder().encode(JSON.stringify(key.publicJwk)), { ...header, alg: 'HS256' }, claims),
  'is signed with HS256 and the public key (raw)': () =>
    sign(Buffer.from(key.publicJwk.x ?? '', 'base64url'), { ...header, alg: 'HS256' }, claims),
  'is signed with RS256': async () =>
    sign((await generateKeyPair('RS256')).privateKey, { ...header, alg: 'RS256' }, claims),
  "is signed with a stranger's key": async () => sign((await other()).privateKey, header, claims),
  'brings its key along (jwk)': async () => {
    const { publicKey, privateKey } = await other()
    return sign(privateKey, { ...header, jwk: await exportJWK(publicKey) }, claims)
  },
  'says where its key is (jku)': async () =>
    sign((await other()).privateKey, { ...header, jku: elsewhere.url }, claims),
  'says where its certificate is (x5u)': async () =>
    sign((await other()).privateKey, { ...header, kid: undefined, x5u: elsewhere.url }, claims),
  'says where its good key is (jku, no kid)': () =>
    sign(key.privateKey, { ...header, kid: undefined, jku: elsewhere.url }, claims),
  'has an unknown key id': () => sign(key.privateKey, { ...header, kid: 'unknown' }, claims),
  'has a path as key id': () => sign(key.privateKey, { ...header, kid: '../../dev/null' }, claims),
  'has SQL as key id': () => sign(key.privateKey, { ...header, kid: "' or 1=1 --" }, claims),
  'has no key id': () => sign(key.privateKey, { ...header, kid: undefined }, claims),
  'is for another audience': () => sign(key.privateKey, header, { ...claims, aud: 'somebody-else' }),
  'is for subgraphs': () => sign(key.privateKey, header, { ...claims, aud: 'guildhall-subgraphs' }),
  'is of another issuer': () => sign(key.privateKey, header, { ...claims, iss: 'https://evil.test' }),
  'is of no issuer': () => sign(key.privateKey, header, without('iss')),
  'has expired': () => sign(key.privateKey, header, { ...claims, exp: soon() - 310 }),
  'is not valid yet': () => sign(key.privateKey, header, { ...claims, nbf: soon() }),
  'has no end': () => sign(key.privateKey, header, without('exp')),
  'has no audience': () => sign(key.privateKey, header, without('aud')),
  'has no subject': () => sign(key.privateKey, header, without('sub')),
  'has no session': () => sign(key.privateKey, header, without('sid')),
  'has a session that never was': () =>
    sign(key.privateKey, header, { ...claims, sid: 'ses_01h455vb4pex5vsknk084sn02q' }),
  "has somebody else's session": () =>
    sign(key.privateKey, header, { ...claims, sub: 'usr_01h455vb4pex5vsknk084sn02q' }),
  'wants something critical understood (crit)': () =>
    sign(key.privateKey, { ...header, crit: ['urn:x'], 'urn:x': true }, claims),
  'has a payload that is not encoded (crit b64)': () =>
    `${encode({ ...header, b64: false, crit: ['b64'] })}.${encode(claims)}.${person.accessToken?.split('.')[2]}`,
  'is an ID token': () => sign(key.privateKey, { ...header, typ: 'JWT' }, { ...claims, nonce: 'n' }),
  'has no type': () => sign(key.privateKey, { ...header, typ: undefined }, claims),
  'is a logout token': () => sign(key.privateKey, { ...header, typ: 'logout+jwt' }, claims),
  'is a refresh token': () => refreshToken(),
  'is a context for subgraphs': () =>
    sign(key.privateKey, { ...header, typ: 'ctx+jwt' }, { ...claims, caller: { kind: 'service' } }),
  'is a context for subgraphs, signed as ours are': async () => {
    const caller = { kind: 'service', service: 'router' } as const
    return (await createCallerSigner((await makeKeyPair('router')).privateJwk))(caller)
  },
}

describe('a bearer token', () => {
  it('with nothing wrong about it is good', async () => {
    const token = await sign(key.privateKey, header, { ...claims, jti: 'another' })
    const { status, text } = await overHttp(house.url, token)
    expect([status, JSON.parse(text)]).toEqual([200, { data: { me: { id: person.userId } } }])
    expect(await overSocket(house.url, token)).toEqual({
      status: 1000,
      text: '{"type":"connection_ack"}\n',
    })
  })

  it.each(Object.entries(bad))('that %s is refused over HTTP and WebSocket', async (_what, make) => {
    const token = await make()
    const http = await overHttp(house.url, token)
    expect([http.status, JSON.parse(http.text)]).toEqual([401, refusal])
    expect(http.text).not.toMatch(inside)
    expect(await overSocket(house.url, token)).toEqual({ status: 4403, text: 'Forbidden' })
  })

  it('is never a reason to ask somebody else for keys', async () => {
    expect(elsewhere.requests).toBe(0)
  })

  it('is nothing to a subgraph, which wants the context of the router', async () => {
    const { port } = await house.house.host.serve('identity', 0, '127.0.0.1')
    const ask = (headers: Record<string, string>) =>
      fetch(`http://127.0.0.1:${port}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: JSON.stringify({ query: '{ signingKeys }' }),
      })
    const stranger = await createCallerSigner((await makeKeyPair('router')).privateJwk)
    const forged = [
      {},
      { authorization: `Bearer ${person.accessToken}` },
      { [contextHeader]: person.accessToken ?? '' },
      { [contextHeader]: await stranger({ kind: 'service', service: 'router' }) },
    ]
    for (const headers of forged) expect((await ask(headers)).status).toBe(401)
  })
})

/** A good one, as a client keeps it. */
async function refreshToken(): Promise<string> {
  const { data } = await person.request<{ me: { email: string } }>('{ me { email } }')
  const { tokens } = await person.mutate<{ tokens: { refreshToken: string } }>(
    'login',
    { email: data.me.email, password: 'correct horse battery staple' },
    'tokens { refreshToken }',
  )
  return tokens.refreshToken
}
