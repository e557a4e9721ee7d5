import { createWorld, type World } from '@guildhall/kit/testing/world'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sessionRevoked } from '../contract.ts'
import { account, listenForChanges, login, principalOf } from './accounts.ts'

let world: World
beforeAll(async () => {
  world = await createWorld()
})
afterAll(() => world.close())

const revocationsOf = async (userId: string) =>
  (await world.published(sessionRevoked)).filter((event) => event.userId === userId)

describe('logout', () => {
  it('ends the session of the call, its refresh token too, and tells listening routers at once', async () => {
    const { person, userId, sessionId, tokens } = await account(world)
    const changes = await listenForChanges(world)
    expect(await person.mutate('logout', {}, 'isLoggedOut')).toEqual({ isLoggedOut: true, userErrors: [] })
    expect(await principalOf(world, sessionId)).toMatchObject({ isActive: false })
    expect(await changes.next()).toEqual({ userId, sessionId: null })
    await changes.close()
    expect(await revocationsOf(userId)).toEqual([{ userId, sessionId, reason: 'LOGOUT' }])
    const { userErrors } = await world.anonymous.mutate(
      'refreshSession',
      { refreshToken: tokens.refreshToken },
      'tokens { accessToken }',
    )
    expect(userErrors.map((error) => error.code)).toEqual(['TOKEN_INVALID'])
  })

  it('is no failure the second time, and tells nobody again', async () => {
    const { person, userId } = await account(world)
    await person.mutate('logout', {}, 'isLoggedOut')
    expect(await person.mutate('logout', {}, 'isLoggedOut')).toEqual({ isLoggedOut: true, userErrors: [] })
    expect(await revocationsOf(userId)).toHaveLength(1)
  })

  it('cannot end the session of somebody else', async () => {
    const { sessionId } = await account(world)
    const thief = world.person()
    const caller = { ...thief.caller, sessionId } as typeof thief.caller
    await world.personWith(caller).mutate('logout', {}, 'isLoggedOut')
    expect(await principalOf(world, sessionId)).toMatchObject({ isActive: true })
  })

  it('is denied to those who are not logged in', async () => {
    const before = await world.published(sessionRevoked)
    for (const mutation of [
      'logout(input: {}) { isLoggedOut }',
      'logoutEverywhere(input: {}) { endedSessionCount }',
    ]) {
      const { errors } = await world.anonymous.run(`mutation { ${mutation} }`)
      expect(errors.map((error) => error.code)).toEqual(['UNAUTHENTICATED'])
    }
    expect(await world.published(sessionRevoked)).toEqual(before)
  })
})

describe('logoutEverywhere', () => {
  it('ends all sessions of the person and nobody else’s', async () => {
    const [first, bystander] = [await account(world), await account(world)]
    const second = await login(world, first.email)
    const payload = await first.person.mutate('logoutEverywhere', {}, 'endedSessionCount')
    expect(payload).toEqual({ endedSessionCount: 2, userErrors: [] })
    for (const { sessionId } of [first, second]) {
      expect(await principalOf(world, sessionId)).toMatchObject({ isActive: false })
    }
    expect(await principalOf(world, bystander.sessionId)).toMatchObject({ isActive: true })
    expect((await revocationsOf(first.userId)).map((event) => event.reason)).toEqual([
      'LOGOUT_EVERYWHERE',
      'LOGOUT_EVERYWHERE',
    ])
  })
})
