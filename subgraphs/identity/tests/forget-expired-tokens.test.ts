import { createWorld, type World } from '@guildhall/kit/testing/world'
import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { forgetExpiredTokens } from '../commands/forget-expired-tokens.ts'
import { refreshTokens, throttles } from '../tables.ts'
import { account, freshEmail } from './accounts.ts'

let world: World
beforeAll(async () => {
  world = await createWorld()
})
afterAll(() => world.close())

it('removes expired tokens and keeps their successors', async () => {
  const { sessionId, tokens } = await account(world)
  world.clock.advance(10 * 24 * 60 * 60 * 1000)
  await world.anonymous.mutate(
    'refreshSession',
    { refreshToken: tokens.refreshToken },
    'tokens { accessToken }',
  )
  world.clock.advance(4 * 24 * 60 * 60 * 1000)
  const identity = world.host.subgraphs.identity
  if (!identity) throw new Error('no identity')
  await forgetExpiredTokens(identity.ownContext())
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
  const identity = world.host.subgraphs.identity
  if (!identity) throw new Error('no identity')
  await forgetExpiredTokens(identity.ownContext())
  const left = await world.rows(throttles)
  expect(left).toHaveLength(2)
  expect(left.filter(({ key }) => old.some((row) => row.key === key))).toEqual([])
})
