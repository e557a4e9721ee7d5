import { createWorld, type World } from '@guildhall/kit/testing/world'
import { eq, inArray } from 'drizzle-orm'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { forgetExpired } from '../commands/forget-expired.ts'
import {
  externalLogins,
  loginChallenges,
  passkeyChallenges,
  refreshTokens,
  securityEvents,
  sessions,
  throttles,
} from '../tables.ts'
import { account, freshEmail } from './accounts.ts'

let world: World
beforeAll(async () => {
  world = await createWorld()
})
afterAll(() => world.close())

const days = (count: number) => world.clock.advance(count * 86_400_000)
const forget = async () => {
  const identity = world.host.subgraphs.identity
  if (!identity) throw new Error('no identity')
  await forgetExpired(identity.ownContext())
}

it('removes expired tokens and keeps their successors', async () => {
  const { sessionId, tokens } = await account(world)
  world.clock.advance(10 * 24 * 60 * 60 * 1000)
  await world.anonymous.mutate(
    'refreshSession',
    { refreshToken: tokens.refreshToken },
    'tokens { accessToken }',
  )
  world.clock.advance(4 * 24 * 60 * 60 * 1000)
  await forget()
  const left = await world.rows(refreshTokens, eq(refreshTokens.sessionId, sessionId))
  expect(left).toMatchObject([{ parentId: null, usedAt: null }])
})

it('forgets failures after an hour, and keeps those of now', async () => {
  const guess = () =>
    world.anonymous.mutate('login', { email: freshEmail(), password: 'wrong' }, 'tokens { accessToken }')
  await guess()
  const old = await world.rows(throttles)
  world.clock.advance(60 * 60 * 1000)
  await guess()
  await forget()
  const left = await world.rows(throttles)
  expect(left).toHaveLength(2)
  expect(left.filter(({ key }) => old.some((row) => row.key === key))).toEqual([])
})

it('keeps a session for thirty days after its end, whether it was ended or ran out', async () => {
  const [ended, ranOut] = [await account(world), await account(world)]
  const left = async () =>
    (await world.rows(sessions, inArray(sessions.id, [ended.sessionId, ranOut.sessionId]))).map(
      ({ id }) => id,
    )
  await ended.person.mutate('logout', {}, 'isLoggedOut')
  days(30)
  world.clock.advance(-1)
  await forget()
  expect((await left()).sort()).toEqual([ended.sessionId, ranOut.sessionId].sort())
  world.clock.advance(1)
  // However many replicas do it.
  await Promise.all(Array.from({ length: 5 }, forget))
  expect(await left()).toEqual([ranOut.sessionId])
  days(90)
  await forget()
  expect(await left()).toEqual([])
})

it('keeps what happened to an account for four hundred days', async () => {
  const { userId } = await account(world)
  const kinds = async () =>
    (await world.rows(securityEvents, eq(securityEvents.userId, userId))).map(({ kind }) => kind)
  days(400)
  world.clock.advance(-1)
  await forget()
  expect(await kinds()).toEqual(['LOGGED_IN'])
  world.clock.advance(1)
  await forget()
  expect(await kinds()).toEqual([])
})

it('removes logins that waited in vain for what they still owed', async () => {
  const { userId } = await account(world)
  const ctx = world.host.subgraphs.identity?.ownContext()
  const [createdAt, at] = [world.clock.now(), (ms: number) => new Date(world.clock.now().getTime() + ms)]
  const waiting = (expiresAt: Date) => ({ userId, createdAt, expiresAt })
  const make = async (expiresAt: Date) => {
    const [id, { db }] = [(prefix: string) => ctx?.newId(prefix) ?? '', world.host.database]
    await db
      .insert(loginChallenges)
      .values({ ...waiting(expiresAt), id: id('lch'), hash: id('lch'), methods: ['PASSWORD'] })
    await db
      .insert(passkeyChallenges)
      .values({ ...waiting(expiresAt), id: id('pkc'), challenge: id('pkc'), purpose: 'LOGIN' })
    await db.insert(externalLogins).values({
      ...waiting(expiresAt),
      id: id('xlg'),
      issuerName: 'there',
      stateHash: id('xlg'),
      flowHash: 'flow',
      nonce: 'nonce',
      codeVerifier: 'sealed',
      redirectUrl: 'https://app.example/back',
      returnTo: '/',
    })
  }
  await make(at(0))
  await make(at(1))
  await forget()
  for (const table of [loginChallenges, passkeyChallenges, externalLogins]) {
    expect(await world.rows(table)).toMatchObject([{ expiresAt: at(1) }])
  }
})
