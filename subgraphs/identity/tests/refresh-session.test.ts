import { createWorld, type World } from '@guildhall/kit/testing/world'
import { eq } from 'drizzle-orm'
import { decodeJwt } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { securityRecorded, sessionRevoked } from '../contract.ts'
import { refreshTokens, users } from '../tables.ts'
import { type Account, account, principalOf, type Tokens } from './accounts.ts'
import { securityOf } from './sessions.ts'

let world: World
beforeAll(async () => {
  world = await createWorld()
})
afterAll(() => world.close())

const refresh = (refreshToken: string) =>
  world.anonymous.mutate<{ tokens: Tokens | null }>(
    'refreshSession',
    { refreshToken },
    'tokens { accessToken accessTokenExpiresAt refreshToken }',
  )
const codesOf = async (refreshToken: string) =>
  (await refresh(refreshToken)).userErrors.map((error) => error.code)
const tokensOf = async (refreshToken: string): Promise<Tokens> => {
  const { tokens, userErrors } = await refresh(refreshToken)
  if (!tokens) throw new Error(JSON.stringify(userErrors))
  return tokens
}
const familyOf = ({ sessionId }: Account) => world.rows(refreshTokens, eq(refreshTokens.sessionId, sessionId))
const revocationsOf = async ({ sessionId }: Account) =>
  (await world.published(sessionRevoked)).filter((event) => event.sessionId === sessionId)

describe('refreshSession', () => {
  it('gives the next pair of tokens of the same session', async () => {
    const someone = await account(world)
    const next = await tokensOf(someone.tokens.refreshToken)
    expect(next.refreshToken).not.toBe(someone.tokens.refreshToken)
    expect(decodeJwt(next.accessToken)).toMatchObject({ sub: someone.userId, sid: someone.sessionId })
    expect((await tokensOf(next.refreshToken)).refreshToken).toMatch(/^[\w-]{43}$/)
    expect(await familyOf(someone)).toHaveLength(3)
  })

  it('gives 25 who refresh one token at the same time one and the same successor', async () => {
    const someone = await account(world)
    const answers = await Promise.all(Array.from({ length: 25 }, () => tokensOf(someone.tokens.refreshToken)))
    expect(new Set(answers.map((tokens) => tokens.refreshToken)).size).toBe(1)
    expect(await familyOf(someone)).toHaveLength(2)
    expect(await revocationsOf(someone)).toEqual([])
    await tokensOf(answers[0]?.refreshToken ?? '')
  })

  it('gives a client that lost the answer the same successor again for ten seconds', async () => {
    const someone = await account(world)
    const first = await tokensOf(someone.tokens.refreshToken)
    world.clock.advance(10_000)
    expect((await tokensOf(someone.tokens.refreshToken)).refreshToken).toBe(first.refreshToken)
    expect(await familyOf(someone)).toHaveLength(2)
  })

  it.each([
    ['after ten seconds', async (_next: string) => world.clock.advance(10_001)],
    ['once its successor was used', async (next: string) => void (await tokensOf(next))],
  ])('takes a spent token for stolen %s and ends the session for both', async (_, meanwhile) => {
    const someone = await account(world)
    const { refreshToken } = await tokensOf(someone.tokens.refreshToken)
    await meanwhile(refreshToken)
    expect(await codesOf(someone.tokens.refreshToken)).toEqual(['REFRESH_REUSED'])
    expect(await codesOf(refreshToken)).toEqual(['TOKEN_INVALID'])
    expect(await principalOf(world, someone.sessionId)).toMatchObject({ isActive: false })
    expect(await revocationsOf(someone)).toEqual([
      { userId: someone.userId, sessionId: someone.sessionId, reason: 'REFRESH_REUSED' },
    ])
    expect(await securityOf(world, someone.userId)).toEqual(['LOGGED_IN', 'TOKEN_REUSED'])
    expect((await world.published(securityRecorded)).at(-1)).toEqual({
      userId: someone.userId,
      kind: 'TOKEN_REUSED',
      actor: null,
      sessionId: someone.sessionId,
    })
  })

  it('is told of once, however many come with a stolen token at the same time', async () => {
    const someone = await account(world)
    const { refreshToken } = await tokensOf(someone.tokens.refreshToken)
    await tokensOf(refreshToken)
    const codes = await Promise.all(Array.from({ length: 25 }, () => codesOf(someone.tokens.refreshToken)))
    expect(codes.flat().sort()).toEqual(['REFRESH_REUSED', ...Array(24).fill('TOKEN_INVALID')])
    expect(await securityOf(world, someone.userId)).toEqual(['LOGGED_IN', 'TOKEN_REUSED'])
    await world.settle()
    const inbox = await someone.person.entity<{ notifications: { nodes: { type: string }[] } }>(
      'notifications',
      'User',
      someone.userId,
      'notifications(first: 20) { nodes { type } }',
    )
    expect(inbox?.notifications.nodes.map(({ type }) => type).sort()).toEqual([
      'account.session_ended',
      'account.welcome',
    ])
  })

  it('refuses the tokens of an account that cannot be used', async () => {
    const someone = await account(world)
    const of = eq(users.id, someone.userId)
    await world.host.database.db.update(users).set({ status: 'DEACTIVATED' }).where(of)
    expect(await codesOf(someone.tokens.refreshToken)).toEqual(['TOKEN_INVALID'])
    expect(await familyOf(someone)).toHaveLength(1)
  })

  it('leaves other sessions of the same person alone', async () => {
    const [robbed, other] = [await account(world), await account(world)]
    await tokensOf(robbed.tokens.refreshToken)
    world.clock.advance(11_000)
    expect(await codesOf(robbed.tokens.refreshToken)).toEqual(['REFRESH_REUSED'])
    await tokensOf(other.tokens.refreshToken)
  })

  it('refuses unknown and expired tokens, and writes nothing', async () => {
    const someone = await account(world)
    expect(await codesOf('nonsense')).toEqual(['TOKEN_INVALID'])
    expect(await codesOf('')).toEqual(['TOKEN_INVALID'])
    expect(await codesOf(someone.tokens.accessToken)).toEqual(['TOKEN_INVALID'])
    world.clock.advance(14 * 24 * 60 * 60 * 1000)
    expect(await codesOf(someone.tokens.refreshToken)).toEqual(['TOKEN_EXPIRED'])
    expect(await familyOf(someone)).toHaveLength(1)
    expect(await revocationsOf(someone)).toEqual([])
  })

  it('ends a session after ninety days, however often it was refreshed', async () => {
    const someone = await account(world)
    let { refreshToken } = someone.tokens
    for (let day = 0; day < 90; day += 10) {
      refreshToken = (await tokensOf(refreshToken)).refreshToken
      world.clock.advance(10 * 24 * 60 * 60 * 1000)
    }
    expect(await codesOf(refreshToken)).toEqual(['TOKEN_INVALID'])
    expect(await principalOf(world, someone.sessionId)).toMatchObject({ isActive: false })
  })
})
