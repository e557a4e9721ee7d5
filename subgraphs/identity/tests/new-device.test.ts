import { createWorld, type World } from '@guildhall/kit/testing/world'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { account, freshEmail, register } from './accounts.ts'
import { firefox, loginFrom, securityOf } from './sessions.ts'

let world: World
beforeAll(async () => {
  world = await createWorld()
})
afterAll(() => world.close())

const days = (count: number) => count * 86_400_000
describe('a device', () => {
  const kindsOf = async (userId: string) =>
    (await securityOf(world, userId)).filter((kind) => kind === 'NEW_DEVICE').length

  it('is new with another browser or network, but not with the first login, nor with another address of a network', async () => {
    const email = freshEmail()
    const userId = await register(world, email)
    await loginFrom(world, email, firefox)
    expect(await kindsOf(userId), 'the first login').toBe(0)
    await loginFrom(world, email, { ...firefox, address: '203.0.113.250' })
    expect(await kindsOf(userId), 'the same network').toBe(0)
    await loginFrom(world, email, { ...firefox, address: '198.51.100.7' })
    expect(await kindsOf(userId), 'another network').toBe(1)
    await loginFrom(world, email, { ...firefox, userAgent: 'curl/8.5.0' })
    expect(await kindsOf(userId), 'another program').toBe(2)
    await loginFrom(world, email, firefox)
    expect(await kindsOf(userId), 'the first device again').toBe(2)
  })

  it('is known by what it is, not by what its owner calls it', async () => {
    const { person, userId, email, sessionId } = await account(world)
    await person.mutate('renameSession', { id: sessionId, label: 'Firefox on Linux' }, 'session { id }')
    await loginFrom(world, email, {})
    expect(await kindsOf(userId)).toBe(0)
  })

  it('is new again after ninety days', async () => {
    const email = freshEmail()
    const userId = await register(world, email)
    await loginFrom(world, email, firefox)
    world.clock.advance(days(90))
    await loginFrom(world, email, firefox)
    expect(await kindsOf(userId)).toBe(1)
  })

  it('that logs in five times at once is new once', async () => {
    const { userId, email } = await account(world)
    await Promise.all(Array.from({ length: 4 }, () => loginFrom(world, email, firefox)))
    expect(await kindsOf(userId)).toBe(1)
  })
})
