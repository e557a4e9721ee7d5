import { decodeJwt } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createTestClient } from '../support/client.ts'
import { openTestHouse, type RunningHouse } from '../support/houses.ts'
import { openStream, overHttp } from './support/attempts.ts'

/** The promise: wherever somebody is connected, a session that has ended is felt within this. */
const promisedMs = 2_000
const password = 'correct horse battery staple'

let house: RunningHouse
beforeAll(async () => {
  house = await openTestHouse()
})
afterAll(() => house.close())

interface Tokens {
  accessToken: string
  refreshToken: string
}
interface Refreshed {
  refreshSession: { tokens: Tokens | null; userErrors: { code: string }[] }
}

/** Somebody who has just opened an account, and can log in as often as wanted. */
async function somebody() {
  const email = `ada.${crypto.randomUUID()}@example.org`
  await createTestClient(house.url).mutate(
    'registerUser',
    { email, password, displayName: 'Ada' },
    'isAccepted',
  )
  return async () => {
    const client = createTestClient(house.url)
    const fields = 'tokens { accessToken refreshToken }'
    const { tokens } = await client.mutate<{ tokens: Tokens }>('login', { email, password }, fields)
    client.accessToken = tokens.accessToken
    return { client, tokens, sessionId: decodeJwt<{ sid: string }>(tokens.accessToken).sid }
  }
}

async function refresh(refreshToken: string): Promise<Tokens | string | undefined> {
  const { data } = await createTestClient(house.url).request<Refreshed>(
    `mutation ($t: String!) { refreshSession(input: { refreshToken: $t }) {
      tokens { accessToken refreshToken } userErrors { code } } }`,
    { t: refreshToken },
  )
  return data.refreshSession.tokens ?? data.refreshSession.userErrors[0]?.code
}
const tokensOf = async (refreshToken: string): Promise<Tokens> => {
  const answer = await refresh(refreshToken)
  if (typeof answer !== 'object') throw new Error(`refused: ${answer}`)
  return answer
}

/** How long after `change` a live stream was closed as forbidden, and HTTP refused the token. */
async function shutOutAfter({ accessToken }: Tokens, change: () => Promise<unknown>): Promise<number> {
  const stream = await openStream(house.url, accessToken)
  expect((await overHttp(house.url, accessToken)).status).toBe(200)
  const startedAt = performance.now()
  await change()
  expect(await stream.closed).toBe(4403)
  expect((await overHttp(house.url, accessToken)).status).toBe(401)
  return performance.now() - startedAt
}

describe('one refresh token', () => {
  it('that 25 trade in at once gives all one successor, and the session goes on', async () => {
    const { tokens } = await (await somebody())()
    const answers = await Promise.all(Array.from({ length: 25 }, () => tokensOf(tokens.refreshToken)))
    const [successor, ...others] = new Set(answers.map(({ refreshToken }) => refreshToken))
    expect(others).toEqual([])
    for (const { accessToken } of answers) expect((await overHttp(house.url, accessToken)).status).toBe(200)
    await tokensOf(successor ?? '')
  })

  it('that comes back after its successor was used puts both parties out, also from open sockets', async () => {
    const login = await somebody()
    const [{ tokens: robbed }, { tokens: elsewhere }] = [await login(), await login()]
    const thief = await tokensOf(robbed.refreshToken)
    const latest = await tokensOf(thief.refreshToken)
    const took = await shutOutAfter(latest, async () =>
      expect(await refresh(robbed.refreshToken)).toBe('REFRESH_REUSED'),
    )
    expect(took).toBeLessThan(promisedMs)
    for (const { accessToken } of [robbed, thief]) {
      expect((await overHttp(house.url, accessToken)).status).toBe(401)
    }
    for (const { refreshToken } of [robbed, thief, latest])
      expect(await refresh(refreshToken)).toBe('TOKEN_INVALID')
    expect((await overHttp(house.url, elsewhere.accessToken)).status, 'another session').toBe(200)
  })
})

describe('a session that has ended is shut out within two seconds', () => {
  it.each<[string, (ending: { tokens: Tokens; sessionId: string }) => [mutation: string, input: object]]>([
    ['from another device', ({ sessionId }) => ['revokeSession', { id: sessionId }]],
    ['with all others', () => ['logoutEverywhere', { isCurrentKept: true }]],
    ['by its refresh token', ({ tokens }) => ['revokeToken', { token: tokens.refreshToken }]],
    ['by its access token', ({ tokens }) => ['revokeToken', { token: tokens.accessToken }]],
  ])('%s', async (_, how) => {
    const login = await somebody()
    const [mine, ending] = [await login(), await login()]
    const [mutation, input] = how(ending)
    const took = await shutOutAfter(ending.tokens, () => mine.client.mutate(mutation, input, '__typename'))
    expect(took).toBeLessThan(promisedMs)
    expect((await overHttp(house.url, mine.tokens.accessToken)).status, 'the other session').toBe(200)
    expect(await refresh(ending.tokens.refreshToken)).toBe('TOKEN_INVALID')
  })

  it('by itself', async () => {
    const { client, tokens } = await (await somebody())()
    expect(await shutOutAfter(tokens, () => client.mutate('logout', {}, 'isLoggedOut'))).toBeLessThan(
      promisedMs,
    )
  })
})
