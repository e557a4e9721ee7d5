import { createWorld, type Person, type World } from '@guildhall/kit/testing/world'
import { eq } from 'drizzle-orm'
import { decodeJwt } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { outbox, securityEvents, users } from '../tables.ts'
import { account } from './accounts.ts'
import {
  administrator,
  endImpersonation,
  impersonate,
  sessionsOf,
  suspend,
  thrownBy,
} from './administrators.ts'
import { codesOf, provenPerson } from './machines.ts'

let world: World
beforeAll(async () => {
  world = await createWorld()
})
afterAll(() => world.close())

interface Principal {
  userId: string
  isActive: boolean
  impersonatorId: string | null
  isReadOnly: boolean
  steppedUpUntil: string | null
  platformRoles: string[]
}

const principalOf = async (sessionId: string) => {
  const { data } = await world.service.run<{ sessionPrincipal: Principal }>(
    `query ($id: ID!) { sessionPrincipal(sessionId: $id) { userId isActive impersonatorId isReadOnly steppedUpUntil platformRoles } }`,
    { id: sessionId },
  )
  return data.sessionPrincipal
}
const sidOf = (token: string | null): string => decodeJwt<{ sid: string }>(token ?? '').sid

/** Somebody who acts in a person's name, as the router would forward it. */
async function impersonator(admin: Person, userId: string, input: object = {}): Promise<Person> {
  const { accessToken } = await impersonate(admin, userId, input)
  const sessionId = sidOf(accessToken)
  const { impersonatorId, isReadOnly } = await principalOf(sessionId)
  return world.personWith({
    kind: 'user',
    userId,
    sessionId,
    platformRoles: [],
    grants: {},
    impersonatorId: impersonatorId ?? '',
    isReadOnly,
  })
}

describe('impersonateUser', () => {
  it('gives a token that looks, ends by itself, and cannot be refreshed', async () => {
    const support = await administrator(world, 'SUPPORT')
    const { userId } = await account(world)
    const { accessToken, accessTokenExpiresAt } = await impersonate(support, userId, { minutes: 60 })
    const claims = decodeJwt<{ sid: string }>(accessToken ?? '')
    expect(claims).toMatchObject({ sub: userId, act: { sub: support.userId } })
    expect((claims.exp ?? 0) - (claims.iat ?? 0)).toBe(3600)
    expect(Date.parse(accessTokenExpiresAt ?? '')).toBe((claims.exp ?? 0) * 1000)
    expect(await principalOf(claims.sid)).toEqual({
      userId,
      isActive: true,
      impersonatorId: support.userId,
      isReadOnly: true,
      steppedUpUntil: null,
      platformRoles: [],
    })
    world.clock.advance(60 * 60_000)
    expect(await principalOf(claims.sid)).toMatchObject({ isActive: false })
  })

  it('is seen by the person: in the security log with the reason, and as a session', async () => {
    const support = await administrator(world, 'SUPPORT')
    const { userId, person } = await account(world)
    await impersonate(support, userId)
    const log = await world.rows(securityEvents, eq(securityEvents.userId, userId))
    const details = { reason: 'Ticket 7', minutes: 10, canChange: false }
    expect(log.filter(({ kind }) => kind === 'IMPERSONATION_STARTED')).toMatchObject([
      { actor: support.userId, details },
    ])
    const { data } = await person.run<{ me: { sessions: object[] } }>(
      '{ me { sessions { impersonator { id } impersonationReason isReadOnly } } }',
    )
    expect(data.me.sessions).toHaveLength(2)
    expect(data.me.sessions).toContainEqual({
      impersonator: { id: support.userId },
      impersonationReason: 'Ticket 7',
      isReadOnly: true,
    })
  })

  it('changes nothing unless an ADMIN asked for that, and then in both names', async () => {
    const [admin, support] = [await administrator(world), await administrator(world, 'SUPPORT')]
    const { userId } = await account(world)
    const rename = 'updateProfile(input: { displayName: "Eve" })'
    expect(await thrownBy(await impersonator(support, userId), rename)).toEqual(['FORBIDDEN'])
    expect(
      await thrownBy(
        support,
        `impersonateUser(input: { userId: "${userId}", reason: "x", minutes: 1, canChange: true })`,
      ),
    ).toEqual(['FORBIDDEN'])
    expect(await world.rows(users, eq(users.id, userId))).toMatchObject([{ displayName: 'Ada' }])
    const acting = await impersonator(admin, userId, { canChange: true })
    expect(await thrownBy(acting, rename)).toEqual([])
    const told = await world.rows(outbox, eq(outbox.name, 'identity.user.profile_updated'))
    expect(told.at(-1)).toMatchObject({ aggregate: userId, actor: `${admin.userId} as ${userId}` })
  })

  it('can do nothing to the account itself', async () => {
    const admin = await administrator(world)
    const { userId, sessionId } = await account(world)
    const acting = await impersonator(admin, userId, { canChange: true })
    for (const mutation of [
      'createApiKey(input: { name: "x" })',
      'logoutEverywhere(input: {})',
      `revokeSession(input: { id: "${sessionId}" })`,
      'stepUp(input: { password: "correct horse battery" })',
      'deactivateMyAccount(input: {})',
    ]) {
      expect(await thrownBy(acting, mutation)).toEqual(['FORBIDDEN'])
    }
    expect((await sessionsOf(world, userId)).map(({ revokedAt }) => revokedAt)).toEqual([null, null])
  })

  it('refuses those who run the house, oneself, shut accounts and the unknown; and too long a time', async () => {
    const admin = await administrator(world)
    const support = await administrator(world, 'SUPPORT')
    const { userId } = await account(world)
    await suspend(admin, userId)
    for (const id of [support.userId, admin.userId, userId]) {
      expect(codesOf(await impersonate(admin, id))).toEqual(['input.userId NOT_IMPERSONABLE'])
    }
    expect(codesOf(await impersonate(admin, world.person().userId))).toEqual(['input.userId NOT_FOUND'])
    for (const minutes of [0, 61]) {
      expect(codesOf(await impersonate(admin, userId, { minutes, reason: '' }))).toEqual([
        'input.reason TOO_SHORT',
        'input.minutes INVALID_VALUE',
      ])
    }
    expect((await sessionsOf(world, userId)).filter((one) => one.impersonatorId)).toEqual([])
  })

  it('wants a fresh proof and the permission, and ends with the impersonator', async () => {
    const { userId } = await account(world)
    const mutation = `impersonateUser(input: { userId: "${userId}", reason: "x", minutes: 1 })`
    const [admin, support] = [await administrator(world), await administrator(world, 'SUPPORT')]
    const stale = world.personWith({ ...support.caller, steppedUpUntilMs: 0 } as typeof support.caller)
    expect(await thrownBy(stale, mutation)).toEqual(['STEP_UP_REQUIRED'])
    expect(await thrownBy(await provenPerson(world), mutation)).toEqual(['FORBIDDEN'])
    const { accessToken } = await impersonate(support, userId)
    await suspend(admin, support.userId)
    expect(await principalOf(sidOf(accessToken))).toMatchObject({ isActive: false })
    expect(codesOf(await impersonate(support, userId))).toEqual([' ACCOUNT_SUSPENDED'])
  })
})

describe('endImpersonation', () => {
  it('ends what one does in the person’s name, and nothing else', async () => {
    const [one, other] = [await administrator(world), await administrator(world, 'SUPPORT')]
    const { userId, sessionId } = await account(world)
    const [mine, theirs] = [await impersonate(one, userId), await impersonate(other, userId)]
    expect(await endImpersonation(one, userId)).toEqual({ endedSessionCount: 1, userErrors: [] })
    expect(await principalOf(sidOf(mine.accessToken))).toMatchObject({ isActive: false })
    expect(await principalOf(sidOf(theirs.accessToken))).toMatchObject({ isActive: true })
    expect(await principalOf(sessionId)).toMatchObject({ isActive: true })
    expect(await endImpersonation(one, userId)).toEqual({ endedSessionCount: 0, userErrors: [] })
    const log = await world.rows(securityEvents, eq(securityEvents.userId, userId))
    expect(log.filter(({ kind }) => kind === 'IMPERSONATION_ENDED')).toHaveLength(1)
  })
})
