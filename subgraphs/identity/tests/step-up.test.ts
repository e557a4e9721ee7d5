import { createWorld, type World } from '@guildhall/kit/testing/world'
import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { securityEvents, sessions } from '../tables.ts'
import { listenForChanges, login, password } from './accounts.ts'
import { calling, codesOf, freshAccount, securedAccount } from './factors.ts'

let world: World
beforeAll(async () => {
  world = await createWorld(['identity'])
})
afterAll(() => world.close())

const tenMinutes = 10 * 60_000
const stepUp = async (sessionId: string, proof: object) =>
  (await calling(world, sessionId)).mutate('stepUp', proof, 'stepUpExpiresAt')
const enrol = async (sessionId: string) =>
  (
    await (
      await calling(world, sessionId)
    ).run('mutation { enrolTotp(input: { label: "Phone" }) { secret } }')
  ).errors.map(({ code }) => code)

describe('stepUp', () => {
  it('opens what is dangerous for ten minutes, to this session alone, and tells routers at once', async () => {
    const ada = await freshAccount(world)
    const other = await login(world, ada.email)
    world.clock.advance(tenMinutes)
    expect([await enrol(ada.sessionId), await enrol(other.sessionId)]).toEqual([
      ['STEP_UP_REQUIRED'],
      ['STEP_UP_REQUIRED'],
    ])
    const changes = await listenForChanges(world)
    const until = new Date(world.clock.now().getTime() + tenMinutes).toISOString()
    expect(await stepUp(ada.sessionId, { password })).toEqual({ stepUpExpiresAt: until, userErrors: [] })
    expect(await changes.next()).toEqual({ userId: ada.userId, sessionId: null })
    await changes.close()
    const own = await calling(world, ada.sessionId)
    expect((await own.run('{ me { stepUpExpiresAt } }')).data).toEqual({ me: { stepUpExpiresAt: until } })
    expect([await enrol(ada.sessionId), await enrol(other.sessionId)]).toEqual([[], ['STEP_UP_REQUIRED']])
    world.clock.advance(tenMinutes - 1)
    expect(await enrol(ada.sessionId)).toEqual([])
    world.clock.advance(1)
    expect(await enrol(ada.sessionId)).toEqual(['STEP_UP_REQUIRED'])
    const proved = (await world.rows(securityEvents, eq(securityEvents.userId, ada.userId))).filter(
      ({ kind }) => kind === 'STEPPED_UP',
    )
    expect(proved.map(({ sessionId, details }) => ({ sessionId, details }))).toEqual([
      { sessionId: ada.sessionId, details: { method: 'PASSWORD' } },
    ])
  })

  it('takes the second factor of an account that has one, and no longer its password', async () => {
    const ada = await securedAccount(world)
    world.clock.advance(tenMinutes)
    expect(await stepUp(ada.sessionId, { password })).toMatchObject({
      stepUpExpiresAt: null,
      userErrors: [{ code: 'MFA_REQUIRED', path: ['input', 'password'] }],
    })
    expect(await enrol(ada.sessionId)).toEqual(['STEP_UP_REQUIRED'])
    expect(codesOf(await stepUp(ada.sessionId, { totpCode: ada.app.code() }))).toEqual([])
    expect(codesOf(await stepUp(ada.sessionId, { recoveryCode: ada.recoveryCodes[0] }))).toEqual([])
    expect(await enrol(ada.sessionId)).toEqual([])
  })

  it('takes one code once, however many show it at the same time', async () => {
    const ada = await securedAccount(world)
    const totpCode = ada.app.code()
    const replies = await Promise.all(Array.from({ length: 20 }, () => stepUp(ada.sessionId, { totpCode })))
    expect(replies.map((reply) => codesOf(reply)[0] ?? 'up').sort()).toEqual([
      ...Array(19).fill('MFA_REPLAYED'),
      'up',
    ])
  })

  it('wants exactly one proof, and locks codes after six wrong ones', async () => {
    const ada = await freshAccount(world)
    for (const proof of [{}, { password, totpCode: '000000' }]) {
      expect(codesOf(await stepUp(ada.sessionId, proof))).toEqual(['INVALID_VALUE'])
    }
    const wrong = [{ totpCode: '000000' }, { recoveryCode: 'nonsense' }, { passkey: '{}' }]
    for (const proof of [...wrong, ...wrong]) {
      expect(codesOf(await stepUp(ada.sessionId, proof))).toEqual(['MFA_INVALID'])
    }
    expect((await stepUp(ada.sessionId, { totpCode: '000000' })).userErrors).toMatchObject([
      { __typename: 'AccountLockedError', code: 'MFA_LOCKED', path: ['input'] },
    ])
  })

  it('counts wrong passwords like those of logins, however many are guessed at once', async () => {
    const ada = await freshAccount(world)
    const replies = await Promise.all(
      Array.from({ length: 20 }, (_, guess) =>
        stepUp(ada.sessionId, { password: `a wrong password ${guess}` }),
      ),
    )
    expect(replies.map((reply) => codesOf(reply)[0]).sort()).toEqual([
      ...Array(15).fill('ACCOUNT_LOCKED'),
      ...Array(5).fill('INVALID_CREDENTIALS'),
    ])
    expect(codesOf(await stepUp(ada.sessionId, { password }))).toEqual(['ACCOUNT_LOCKED'])
    world.clock.advance(30_000)
    expect(codesOf(await stepUp(ada.sessionId, { password }))).toEqual([])
  })

  it('is for people who logged in here: not for keys, not in somebody’s name, not for an ended session', async () => {
    const ada = await freshAccount(world)
    const caller = { kind: 'user' as const, userId: ada.userId, platformRoles: [], grants: {} }
    const mutation = `mutation { stepUp(input: { password: "${password}" }) { stepUpExpiresAt } }`
    const codes = async (person: { run: typeof ada.person.run }) =>
      (await person.run(mutation)).errors.map(({ code }) => code)
    const key = ada.sessionId.replace('ses_', 'key_')
    expect(await codes(world.personWith({ ...caller, sessionId: key }))).toEqual(['FORBIDDEN'])
    const impersonator = { ...caller, sessionId: ada.sessionId, impersonatorId: world.person().userId }
    expect(await codes(world.personWith(impersonator))).toEqual(['FORBIDDEN'])
    expect(await codes(world.anonymous)).toEqual(['UNAUTHENTICATED'])
    await ada.person.mutate('logout', {}, 'isLoggedOut')
    expect(await codes(ada.person)).toEqual(['UNAUTHENTICATED'])
    const [session] = await world.rows(sessions, eq(sessions.id, ada.sessionId))
    expect(session?.steppedUpAt).toEqual(session?.createdAt)
  })
})
