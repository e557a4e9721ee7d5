import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { externalLogins } from '../tables.ts'
import { freshEmail } from './accounts.ts'
import { attempt } from './external-attempts.ts'
import {
  codesOf,
  complete,
  createExternalWorld,
  type ExternalWorld,
  start,
  written,
} from './external-world.ts'

let house: ExternalWorld
beforeAll(async () => {
  house = await createExternalWorld()
  house.north.accounts.set('eve', { email: freshEmail(), email_verified: true })
})
afterAll(() => house?.close())

const tryStart = async (input: object) => {
  const { authorizationUrl, userErrors } = await start(house.world.anonymous, input)
  return [authorizationUrl, ...userErrors.map(({ code, path }) => `${code} ${path.join('.')}`)]
}

describe('startExternalLogin refuses', () => {
  it.each([
    'http://localhost:4000/auth/callback/',
    'http://localhost:4000/auth/callback?x=1',
    'http://localhost:4000/auth/callback#x',
    'http://localhost:4000/auth/../auth/callback',
    'http://localhost:4000/auth/callback/../../evil',
    'http://localhost:4000/AUTH/callback',
    'https://localhost:4000/auth/callback',
    'http://localhost:4000@evil.example/auth/callback',
    'http://localhost:4000.evil.example/auth/callback',
    'http://127.0.0.1:4000/auth/callback',
    ' http://localhost:4000/auth/callback',
    'javascript:alert(1)',
    '',
  ])('to come back to %j', async (address) => {
    const before = await house.world.rows(externalLogins)
    expect(await tryStart({ redirectUrl: address })).toEqual([null, 'REDIRECT_NOT_ALLOWED input.redirectUrl'])
    expect(await house.world.rows(externalLogins)).toEqual(before)
  })

  it.each([
    '',
    'events',
    'https://evil.example/',
    '//evil.example',
    '///evil.example',
    '/\\evil.example',
    '\\\\evil.example',
    '/\t/evil.example',
    '/\n/evil.example',
    '\t//evil.example',
    ' //evil.example',
    '/.//evil.example',
    '/x/..//evil.example',
    '/%2e//evil.example',
    'javascript:alert(1)',
    '/x\u0000',
    `/${'x'.repeat(2_000)}`,
  ])('to go on at %j', async (returnTo) => {
    const before = await house.world.rows(externalLogins)
    expect(await tryStart({ returnTo })).toEqual([null, 'INVALID_VALUE input.returnTo'])
    expect(await house.world.rows(externalLogins)).toEqual(before)
  })

  it('an issuer that nobody trusts, and says everything that is wrong at once', async () => {
    const problems = await tryStart({ issuer: house.north.url, redirectUrl: 'x', returnTo: 'x' })
    expect(problems).toEqual([
      null,
      'ISSUER_UNKNOWN input.issuer',
      'REDIRECT_NOT_ALLOWED input.redirectUrl',
      'INVALID_VALUE input.returnTo',
    ])
  })
})

describe('completeExternalLogin refuses', () => {
  it.each([
    ['no state', { callback: { state: null } }],
    ['another state', { callback: { state: 'x'.repeat(43) } }],
    ['a state twice', { callbackUrl: (url: string) => `${url}&state=x` }],
    ['a browser that did not begin', { flowToken: 'x'.repeat(43) }],
    ['no secret of the browser', { flowToken: '' }],
    ['an address that is none', { callbackUrl: () => 'nonsense' }],
    ['an address without end', { callbackUrl: (url: string) => url + '&x='.padEnd(10_000, 'x') }],
    ['somebody who is late', { waitMs: 600_000 }],
  ])('%s', async (_, change) => {
    expect(await attempt(house, change)).toEqual(['STATE_MISMATCH', true])
  })

  it.each([
    ['host', (url: string) => url.replace('localhost', 'evil.example')],
    ['path', (url: string) => url.replace('/callback', '/callback/x')],
    ['scheme', (url: string) => url.replace('http:', 'https:')],
    ['spelling', (url: string) => url.replace('/auth/', '/auth/./')],
  ])('to have come back to another %s', async (_, callbackUrl) => {
    expect(await attempt(house, { callbackUrl })).toEqual(['REDIRECT_NOT_ALLOWED', true])
  })

  it('what an issuer has signed for another login', async () => {
    expect(await attempt(house, { authorization: { nonce: 'x'.repeat(43) } })).toEqual([
      'NONCE_MISMATCH',
      false,
    ])
  })

  it('what an issuer has signed for no login', async () => {
    expect(await attempt(house, { authorization: { nonce: null } })).toEqual(['EXTERNAL_LOGIN_FAILED', false])
  })

  it('a code that was asked for with another proof key, or with none', async () => {
    expect(await attempt(house, { authorization: { code_challenge: 'x'.repeat(43) } })).toEqual([
      'EXTERNAL_LOGIN_FAILED',
      false,
    ])
    expect(
      await attempt(house, { authorization: { code_challenge: null, code_challenge_method: null } }),
    ).toEqual(['EXTERNAL_LOGIN_FAILED', false])
  })

  it('a code that is made up, missing, or of another login', async () => {
    const { world, north } = house
    expect(await attempt(house, { callback: { code: 'x'.repeat(43) } })).toEqual([
      'EXTERNAL_LOGIN_FAILED',
      false,
    ])
    expect(await attempt(house, { callback: { code: null } })).toEqual(['EXTERNAL_LOGIN_FAILED', false])
    const other = await north.visit((await start(world.anonymous)).authorizationUrl, 'eve')
    const code = new URL(other).searchParams.get('code')
    expect(await attempt(house, { callback: { code } }), 'injected').toEqual(['EXTERNAL_LOGIN_FAILED', false])
  })

  it('a person who turned back at the issuer', async () => {
    const { world, north } = house
    const { authorizationUrl, flowToken } = await start(world.anonymous)
    const callbackUrl = await north.visit(authorizationUrl, null)
    expect(new URL(callbackUrl).searchParams.get('error')).toBe('access_denied')
    expect(codesOf(await complete(world.anonymous, flowToken, callbackUrl))).toEqual([
      'EXTERNAL_LOGIN_FAILED',
    ])
  })

  it('a way back that was used, for whatever came of it', async () => {
    const { world, north } = house
    const { authorizationUrl, flowToken } = await start(world.anonymous)
    const callbackUrl = await north.visit(authorizationUrl, 'eve')
    expect(codesOf(await complete(world.anonymous, flowToken, callbackUrl))).toEqual([])
    const before = await written(world)
    expect(codesOf(await complete(world.anonymous, flowToken, callbackUrl))).toEqual(['STATE_MISMATCH'])
    expect(await written(world)).toEqual(before)
  })
})
