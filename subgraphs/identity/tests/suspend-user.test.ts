import { newId } from '@guildhall/kit/ids'
import { createWorld, type World } from '@guildhall/kit/testing/world'
import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { userStatusChanged } from '../contract.ts'
import { apiKeys, securityEvents, users } from '../tables.ts'
import { account, listenForChanges, login, password, principalOf } from './accounts.ts'
import {
  administrator,
  reactivate,
  sessionsOf,
  suspend,
  thrownBy,
  withoutAdministrators,
} from './administrators.ts'
import { codesOf, keyPrincipal, newKey, provenPerson } from './machines.ts'

let world: World
beforeAll(async () => {
  world = await createWorld()
})
afterAll(() => world.close())

const userRow = async (id: string) => (await world.rows(users, eq(users.id, id)))[0]

describe('suspendUser', () => {
  it('ends all sessions, stops the keys, tells routers at once and the other domains', async () => {
    const admin = await administrator(world)
    const person = await provenPerson(world)
    const { key } = await newKey(person)
    const changes = await listenForChanges(world)
    expect(await suspend(admin, person.userId)).toEqual({ user: { status: 'SUSPENDED' }, userErrors: [] })
    expect(await changes.next()).toMatchObject({ userId: person.userId })
    await changes.close()
    expect((await sessionsOf(world, person.userId)).map(({ revokedReason }) => revokedReason)).toEqual([
      'SUSPENDED',
    ])
    expect(await keyPrincipal(world, key)).toMatchObject({ isActive: false })
    const told = await world.published(userStatusChanged)
    expect(told.filter(({ userId }) => userId === person.userId)).toEqual([
      { userId: person.userId, from: 'PENDING_VERIFICATION', to: 'SUSPENDED', actorId: admin.userId },
    ])
    const log = await world.rows(securityEvents, eq(securityEvents.userId, person.userId))
    expect(log.filter(({ kind }) => kind === 'SUSPENDED')).toMatchObject([
      { actor: admin.userId, details: { reason: 'Spam' } },
    ])
  })

  it('lets nobody log in until they are let in again; keys then work, sessions of before do not', async () => {
    const admin = await administrator(world)
    const { email, userId, sessionId } = await account(world)
    const person = await provenPerson(world)
    const { key } = await newKey(person)
    await suspend(admin, userId)
    await suspend(admin, person.userId)
    const refused = await world.anonymous.mutate('login', { email, password }, 'tokens { accessToken }')
    expect(codesOf(refused)).toEqual(['input ACCOUNT_SUSPENDED'])
    expect(await reactivate(admin, userId)).toEqual({
      user: { status: 'PENDING_VERIFICATION' },
      userErrors: [],
    })
    await reactivate(admin, person.userId)
    expect(await userRow(userId)).toMatchObject({ suspendedAt: null, suspendedReason: null })
    expect(await principalOf(world, sessionId)).toMatchObject({ isActive: false })
    await expect(login(world, email)).resolves.toMatchObject({ userId })
    expect(await keyPrincipal(world, key)).toMatchObject({ isActive: true })
  })

  it('refuses oneself, the unknown, a missing reason, and a second time', async () => {
    const admin = await administrator(world)
    const { userId } = await account(world)
    expect(codesOf(await suspend(admin, admin.userId))).toEqual(['input.id NOT_YOURSELF'])
    expect(codesOf(await suspend(admin, newId('usr')))).toEqual(['input.id NOT_FOUND'])
    expect(codesOf(await suspend(admin, userId, '  '))).toEqual(['input.reason TOO_SHORT'])
    expect(codesOf(await reactivate(admin, userId))).toEqual(['input.id INVALID_STATE_TRANSITION'])
    await suspend(admin, userId)
    const before = await userRow(userId)
    expect(codesOf(await suspend(admin, userId, 'again'))).toEqual(['input.id INVALID_STATE_TRANSITION'])
    expect(await userRow(userId)).toEqual(before)
  })

  it('keeps one of two ADMINs who suspend each other at the same time', async () => {
    await withoutAdministrators(world)
    const [one, other] = [await administrator(world), await administrator(world)]
    const answers = await Promise.all([suspend(one, other.userId), suspend(other, one.userId)])
    expect(answers.flatMap(codesOf)).toEqual(['input.id LAST_ADMIN'])
    const states = [await userRow(one.userId), await userRow(other.userId)].map((row) => row?.status)
    expect(states.sort()).toEqual(['PENDING_VERIFICATION', 'SUSPENDED'])
  })

  it('is denied to SUPPORT and to members', async () => {
    const { userId } = await account(world)
    const before = await userRow(userId)
    for (const caller of [await administrator(world, 'SUPPORT'), world.organization().as('OWNER')]) {
      expect(await thrownBy(caller, `suspendUser(input: { id: "${userId}", reason: "x" })`)).toEqual([
        'FORBIDDEN',
      ])
      expect(await thrownBy(caller, `reactivateUser(input: { id: "${userId}" })`)).toEqual(['FORBIDDEN'])
    }
    expect(await userRow(userId)).toEqual(before)
  })
})

describe('deactivateMyAccount', () => {
  it('ends sessions and keys for good; an administrator can undo the rest', async () => {
    const admin = await administrator(world)
    const person = await provenPerson(world)
    const { key } = await newKey(person)
    expect(await person.mutate('deactivateMyAccount', {}, 'isDeactivated')).toEqual({
      isDeactivated: true,
      userErrors: [],
    })
    expect(await userRow(person.userId)).toMatchObject({ status: 'DEACTIVATED' })
    expect(await keyPrincipal(world, key)).toMatchObject({ isActive: false })
    await reactivate(admin, person.userId)
    expect(await keyPrincipal(world, key)).toMatchObject({ isActive: false })
    expect(await world.rows(apiKeys, eq(apiKeys.userId, person.userId))).toMatchObject([
      { revokedAt: world.clock.now() },
    ])
  })

  it('wants a fresh proof, and the last ADMIN to stay', async () => {
    await withoutAdministrators(world)
    const [stale, last] = [await provenPerson(world, { steppedUpUntilMs: 0 }), await administrator(world)]
    expect(await thrownBy(stale, 'deactivateMyAccount(input: {})')).toEqual(['STEP_UP_REQUIRED'])
    expect(codesOf(await last.mutate('deactivateMyAccount', {}, 'isDeactivated'))).toEqual([
      'input.id LAST_ADMIN',
    ])
    expect(await userRow(last.userId)).toMatchObject({ status: 'PENDING_VERIFICATION' })
  })
})
