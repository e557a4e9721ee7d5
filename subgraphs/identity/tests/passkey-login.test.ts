import { createWorld, type World } from '@guildhall/kit/testing/world'
import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { passkeys, securityEvents, sessions, users } from '../tables.ts'
import { answer, calling, challengeOf, codesOf, securedAccount, sessionOf } from './factors.ts'
import { addPasskey, finishLogin, optionsOf, passkeyAccount, passkeyLogin } from './passkeys.ts'
import { softwareAuthenticator } from './software-authenticator.ts'

let world: World
beforeAll(async () => {
  world = await createWorld(['identity'])
})
afterAll(() => world.close())

const sessionsOf = ({ userId }: { userId: string }) => world.rows(sessions, eq(sessions.userId, userId))
const counterOf = async ({ userId }: { userId: string }) =>
  (await world.rows(passkeys, eq(passkeys.userId, userId))).map(({ signCount }) => signCount)
const clonesOf = async ({ userId }: { userId: string }) =>
  (await world.rows(securityEvents, eq(securityEvents.userId, userId))).filter(
    ({ kind }) => kind === 'PASSKEY_CLONED',
  )

describe('logging in with a passkey', () => {
  it('needs no password and no second proof, and has stepped up', async () => {
    const ada = await passkeyAccount(world)
    const begun = await passkeyLogin(world, ada.device)
    expect(begun).toMatchObject({ user: { id: ada.userId }, userErrors: [] })
    const [session] = await world.rows(sessions, eq(sessions.id, sessionOf(begun)))
    expect(session).toMatchObject({
      userId: ada.userId,
      methods: ['PASSKEY'],
      steppedUpAt: world.clock.now(),
    })
    expect(await counterOf(ada)).toEqual([1])
  })

  it('asks strangers for any passkey of this application, and names none', async () => {
    await passkeyAccount(world)
    const options = JSON.parse(await optionsOf(world.anonymous, 'startPasskeyLogin'))
    expect(options).toMatchObject({ rpId: 'localhost', allowCredentials: [], userVerification: 'required' })
  })

  it.each([
    ['from another site', { origin: 'https://evil.example' }],
    ['from another port of the same host', { origin: 'http://localhost:4001' }],
    ['for another application', { rpId: 'evil.example' }],
    ['that has not asked for its owner', { isUserVerified: false }],
    ['in somebody else’s name', { userHandle: 'dXNyXzAx' }],
  ])('refuses an answer %s', async (_, use) => {
    const ada = await passkeyAccount(world)
    expect(await passkeyLogin(world, ada.device, use)).toMatchObject({
      tokens: null,
      user: null,
      userErrors: [{ code: 'PASSKEY_INVALID', path: ['input', 'response'] }],
    })
    expect(await sessionsOf(ada)).toHaveLength(1)
    expect(await counterOf(ada)).toEqual([0])
  })

  it('answers a passkey that nobody has like one whose signature is wrong', async () => {
    const ada = await passkeyAccount(world)
    const stranger = softwareAuthenticator()
    const options = () => optionsOf(world.anonymous, 'startPasskeyLogin')
    const forged = JSON.parse(stranger.get(await options()))
    forged.id = forged.rawId = ada.device.credentialId
    const [unknown, wrong] = [
      await finishLogin(world, stranger.get(await options())),
      await finishLogin(world, JSON.stringify(forged)),
    ]
    expect(codesOf(unknown)).toEqual(['PASSKEY_INVALID'])
    expect(wrong).toEqual(unknown)
  })

  it('takes an answer once, however many bring it at the same time', async () => {
    const ada = await passkeyAccount(world)
    const response = ada.device.get(await optionsOf(world.anonymous, 'startPasskeyLogin'))
    const replies = await Promise.all(Array.from({ length: 20 }, () => finishLogin(world, response)))
    expect(replies.map((reply) => codesOf(reply)[0] ?? 'in').sort()).toEqual([
      ...Array(19).fill('PASSKEY_CHALLENGE_EXPIRED'),
      'in',
    ])
    expect(await sessionsOf(ada)).toHaveLength(2)
    expect(await clonesOf(ada)).toEqual([])
  })

  it('refuses a challenge after five minutes, one of a registration, and one that was never given out', async () => {
    const ada = await passkeyAccount(world)
    const options = await optionsOf(world.anonymous, 'startPasskeyLogin')
    const { challenge } = JSON.parse(await optionsOf(ada.person, 'startPasskeyRegistration'))
    expect(codesOf(await finishLogin(world, ada.device.get(options, { challenge })))).toEqual([
      'PASSKEY_CHALLENGE_EXPIRED',
    ])
    expect(codesOf(await passkeyLogin(world, ada.device, { challenge: 'bWFkZSB1cA' }))).toEqual([
      'PASSKEY_CHALLENGE_EXPIRED',
    ])
    world.clock.advance(5 * 60_000)
    expect(codesOf(await finishLogin(world, ada.device.get(options)))).toEqual(['PASSKEY_CHALLENGE_EXPIRED'])
    expect(await sessionsOf(ada)).toHaveLength(1)
  })

  it('refuses a counter that steps back or stands still, and writes down that the key was cloned', async () => {
    const ada = await passkeyAccount(world)
    expect(codesOf(await passkeyLogin(world, ada.device, { counter: 7 }))).toEqual([])
    for (const counter of [6, 7, 0]) {
      expect(codesOf(await passkeyLogin(world, ada.device, { counter }))).toEqual(['PASSKEY_INVALID'])
    }
    expect((await clonesOf(ada)).map(({ details }) => details)).toEqual(
      [6, 7, 0].map((counter) => ({ label: 'Laptop', counter })),
    )
    expect(await counterOf(ada)).toEqual([7])
    expect(codesOf(await passkeyLogin(world, ada.device, { counter: 8 }))).toEqual([])
    expect(await sessionsOf(ada)).toHaveLength(3)
  })

  it('believes one of many answers with the same counter', async () => {
    const ada = await passkeyAccount(world)
    const options = await Promise.all(
      Array.from({ length: 10 }, () => optionsOf(world.anonymous, 'startPasskeyLogin')),
    )
    const replies = await Promise.all(
      options.map((text) => finishLogin(world, ada.device.get(text, { counter: 5 }))),
    )
    expect(replies.map((reply) => codesOf(reply)[0] ?? 'in').sort()).toEqual([
      ...Array(9).fill('PASSKEY_INVALID'),
      'in',
    ])
    expect(await clonesOf(ada)).toHaveLength(9)
  })

  it('lets authenticators be that do not count', async () => {
    const ada = await passkeyAccount(world)
    for (let round = 0; round < 2; round++) {
      expect(codesOf(await passkeyLogin(world, ada.device, { counter: 0 }))).toEqual([])
    }
    expect(await clonesOf(ada)).toEqual([])
  })

  it('lets nobody in who is suspended, nor with a passkey that was removed', async () => {
    const [ada, bob] = [await passkeyAccount(world), await passkeyAccount(world)]
    await world.host.database.db
      .update(users)
      .set({ status: 'SUSPENDED', suspendedAt: world.clock.now() })
      .where(eq(users.id, ada.userId))
    expect(codesOf(await passkeyLogin(world, ada.device))).toEqual(['ACCOUNT_SUSPENDED'])
    const [passkey] = await world.rows(passkeys, eq(passkeys.userId, bob.userId))
    await bob.person.mutate('removePasskey', { id: passkey?.id }, 'user { id }')
    expect(codesOf(await passkeyLogin(world, bob.device))).toEqual(['PASSKEY_INVALID'])
  })
})

describe('a passkey as second proof', () => {
  it('answers the challenge of a login, which names the passkeys of the account', async () => {
    const ada = await passkeyAccount(world)
    const token = await challengeOf(world, ada.email)
    const options = await optionsOf(world.anonymous, 'startPasskeyLogin', { challengeToken: token })
    expect(JSON.parse(options).allowCredentials).toMatchObject([{ id: ada.device.credentialId }])
    const begun = await answer(world, token, { passkey: ada.device.get(options) })
    expect(codesOf(begun)).toEqual([])
    const [session] = await world.rows(sessions, eq(sessions.id, sessionOf(begun)))
    expect(session?.methods).toEqual(['PASSWORD', 'PASSKEY'])
    const { userErrors } = await world.anonymous.mutate(
      'startPasskeyLogin',
      { challengeToken: token },
      'options',
    )
    expect(userErrors).toMatchObject([{ code: 'TOKEN_INVALID', path: ['input', 'challengeToken'] }])
  })

  it('is not one that belongs to somebody else, and a wrong one counts', async () => {
    const [ada, eve] = [await passkeyAccount(world), await passkeyAccount(world)]
    const token = await challengeOf(world, ada.email)
    for (let attempt = 1; attempt <= 6; attempt++) {
      const options = await optionsOf(world.anonymous, 'startPasskeyLogin')
      expect(codesOf(await answer(world, token, { passkey: eve.device.get(options) }))).toEqual([
        'MFA_INVALID',
      ])
    }
    const options = await optionsOf(world.anonymous, 'startPasskeyLogin')
    const late = await answer(world, await challengeOf(world, ada.email), {
      passkey: ada.device.get(options),
    })
    expect(codesOf(late)).toEqual(['MFA_LOCKED'])
    expect(await sessionsOf(ada)).toHaveLength(1)
  })

  it('steps a session up, with a challenge of its own and none of a login', async () => {
    const ada = await securedAccount(world)
    const device = softwareAuthenticator()
    await addPasskey(await calling(world, ada.sessionId), device)
    world.clock.advance(10 * 60_000)
    const own = await calling(world, ada.sessionId)
    const ofLogin = await optionsOf(world.anonymous, 'startPasskeyLogin')
    expect(codesOf(await own.mutate('stepUp', { passkey: device.get(ofLogin) }, 'stepUpExpiresAt'))).toEqual([
      'PASSKEY_CHALLENGE_EXPIRED',
    ])
    const options = await optionsOf(own, 'startPasskeyStepUp')
    const response = device.get(options)
    expect(codesOf(await own.mutate('stepUp', { passkey: response }, 'stepUpExpiresAt'))).toEqual([])
    expect(codesOf(await own.mutate('stepUp', { passkey: response }, 'stepUpExpiresAt'))).toEqual([
      'PASSKEY_CHALLENGE_EXPIRED',
    ])
    expect(codesOf(await finishLogin(world, device.get(await optionsOf(own, 'startPasskeyStepUp'))))).toEqual(
      ['PASSKEY_CHALLENGE_EXPIRED'],
    )
  })

  it('cannot be begun without one', async () => {
    const ada = await securedAccount(world)
    expect(codesOf(await ada.person.mutate('startPasskeyStepUp', {}, 'options'))).toEqual(['NOT_FOUND'])
  })
})
