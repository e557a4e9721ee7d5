import { createWorld, type World } from '@guildhall/kit/testing/world'
import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { forgetExpired } from '../commands/forget-expired.ts'
import { relyingPartyOf } from '../domain/relying-party.ts'
import { passkeyChallenges, passkeys, securityEvents } from '../tables.ts'
import { login } from './accounts.ts'
import { calling, codesOf, freshAccount, securedAccount } from './factors.ts'
import { addPasskey, optionsOf, passkeyAccount } from './passkeys.ts'
import { softwareAuthenticator } from './software-authenticator.ts'

let world: World
beforeAll(async () => {
  world = await createWorld(['identity'])
})
afterAll(() => world.close())

const passkeysOf = ({ userId }: { userId: string }) => world.rows(passkeys, eq(passkeys.userId, userId))
const times = <Value>(count: number, make: (index: number) => Value): Value[] =>
  Array.from({ length: count }, (_, index) => make(index))

describe('the relying party', () => {
  it('is the application’s host, with every configured origin of that host or below', () => {
    expect(relyingPartyOf({ PUBLIC_URL: 'http://localhost:4000' })).toEqual({
      id: 'localhost',
      name: 'Guildhall',
      origins: ['http://localhost:4000'],
    })
    expect(
      relyingPartyOf({
        PUBLIC_URL: 'https://api.example.org/graph',
        APP_URL: 'https://example.org/app',
        CORS_ORIGINS: ['https://admin.example.org', 'https://evil-example.org', 'https://example.org', '*'],
      }),
    ).toEqual({
      id: 'example.org',
      name: 'Guildhall',
      origins: ['https://example.org', 'https://api.example.org', 'https://admin.example.org'],
    })
  })
})

describe('registering a passkey', () => {
  it('keeps its public key, hands out recovery codes once, and shows it to its owner alone', async () => {
    const ada = await freshAccount(world)
    const device = softwareAuthenticator()
    const made = await addPasskey(ada.person, device)
    const shown = {
      id: made.passkey?.id,
      label: 'Laptop',
      isBackedUp: false,
      createdAt: world.clock.now().toISOString(),
      lastUsedAt: null,
    }
    expect(made).toMatchObject({ passkey: shown, userErrors: [] })
    expect(made.recoveryCodes).toHaveLength(10)
    const query =
      'query ($id: ID!) { user(id: $id) { passkeys { id label isBackedUp createdAt lastUsedAt } } }'
    expect((await ada.person.run(query, { id: ada.userId })).data).toEqual({ user: { passkeys: [shown] } })
    expect((await world.person().run(query, { id: ada.userId })).data).toEqual({ user: { passkeys: null } })
    expect(await passkeysOf(ada)).toMatchObject([
      { credentialId: device.credentialId, signCount: 0, slot: 1, transports: ['internal'] },
    ])
    const events = await world.rows(securityEvents, eq(securityEvents.userId, ada.userId))
    expect(events.map(({ kind }) => kind)).toEqual(['LOGGED_IN', 'PASSKEY_ADDED', 'RECOVERY_CODES_CREATED'])
  })

  it('asks browsers to check the owner and to leave out devices that have one already', async () => {
    const ada = await passkeyAccount(world)
    const options = JSON.parse(await optionsOf(ada.person, 'startPasskeyRegistration'))
    expect(options).toMatchObject({
      rp: { id: 'localhost', name: 'Guildhall' },
      user: { id: Buffer.from(ada.userId).toString('base64url'), name: ada.email, displayName: 'Ada' },
      attestation: 'none',
      excludeCredentials: [{ id: ada.device.credentialId, transports: ['internal'] }],
      authenticatorSelection: { residentKey: 'preferred', userVerification: 'required' },
      timeout: 300_000,
    })
    expect(Buffer.from(options.challenge, 'base64url')).toHaveLength(32)
  })

  it.each([
    ['made on another site', { origin: 'https://evil.example' }],
    ['made for another application', { rpId: 'evil.example' }],
    ['that has not asked for its owner', { isUserVerified: false }],
  ])('refuses one %s, and spends the challenge', async (_, use) => {
    const ada = await freshAccount(world)
    const device = softwareAuthenticator()
    const options = await optionsOf(ada.person, 'startPasskeyRegistration')
    const finish = (response: string) =>
      ada.person.mutate('finishPasskeyRegistration', { response, label: 'Laptop' }, 'passkey { id }')
    expect(codesOf(await finish(device.create(options, use)))).toEqual(['PASSKEY_INVALID'])
    expect(codesOf(await finish(device.create(options)))).toEqual(['PASSKEY_CHALLENGE_EXPIRED'])
    expect(await passkeysOf(ada)).toEqual([])
  })

  it('refuses challenges of others, of logins, made-up ones and old ones, and nonsense', async () => {
    const [ada, eve] = [await freshAccount(world), await freshAccount(world)]
    const device = softwareAuthenticator()
    const finish = async (response: string) =>
      codesOf(
        await ada.person.mutate('finishPasskeyRegistration', { response, label: 'Laptop' }, 'passkey { id }'),
      )
    const foreign = await optionsOf(eve.person, 'startPasskeyRegistration')
    expect(await finish(device.create(foreign))).toEqual(['PASSKEY_CHALLENGE_EXPIRED'])
    const own = await optionsOf(ada.person, 'startPasskeyRegistration')
    const ofLogin = JSON.parse(await optionsOf(world.anonymous, 'startPasskeyLogin')).challenge
    for (const challenge of [ofLogin, 'bWFkZSB1cA']) {
      expect(await finish(device.create(own, { challenge }))).toEqual(['PASSKEY_CHALLENGE_EXPIRED'])
    }
    for (const nonsense of ['', '{}', 'null', '[]', '{"id":1}', 'x'.repeat(30_000)]) {
      expect(await finish(nonsense)).toEqual(['PASSKEY_INVALID'])
    }
    world.clock.advance(5 * 60_000)
    expect(await finish(device.create(own))).toEqual(['PASSKEY_CHALLENGE_EXPIRED'])
    expect(await passkeysOf(ada)).toEqual([])
  })

  it('keeps one of many answers to one challenge', async () => {
    const ada = await freshAccount(world)
    const options = await optionsOf(ada.person, 'startPasskeyRegistration')
    const replies = await Promise.all(
      times(10, () =>
        ada.person.mutate(
          'finishPasskeyRegistration',
          { response: softwareAuthenticator().create(options), label: 'Laptop' },
          'passkey { id }',
        ),
      ),
    )
    expect(replies.map((reply) => codesOf(reply)[0] ?? 'kept').sort()).toEqual([
      ...times(9, () => 'PASSKEY_CHALLENGE_EXPIRED'),
      'kept',
    ])
    expect(await passkeysOf(ada)).toHaveLength(1)
  })

  it('refuses a passkey that somebody has', async () => {
    const [ada, eve] = [await passkeyAccount(world), await freshAccount(world)]
    expect(codesOf(await addPasskey(eve.person, ada.device))).toEqual(['PASSKEY_TAKEN'])
  })

  it('lets an account have twenty, however many are made at once', async () => {
    const ada = await freshAccount(world)
    for (let made = 0; made < 15; made++) expect(codesOf(await addPasskey(ada.person))).toEqual([])
    const replies = await Promise.all(times(10, () => addPasskey(ada.person)))
    expect(replies.map((reply) => codesOf(reply)[0] ?? 'kept').sort()).toEqual([
      ...times(5, () => 'TOO_MANY_PASSKEYS'),
      ...times(5, () => 'kept'),
    ])
    const rows = await passkeysOf(ada)
    expect(rows.map(({ slot }) => slot).sort((a, b) => a - b)).toEqual(times(20, (index) => index + 1))
    const [third] = rows.filter(({ slot }) => slot === 3)
    await ada.person.mutate('removePasskey', { id: third?.id }, 'user { id }')
    expect(codesOf(await addPasskey(ada.person))).toEqual([])
    expect((await passkeysOf(ada)).filter(({ slot }) => slot === 3)).toHaveLength(1)
  })

  it('makes other sessions step up again with the first second factor alone', async () => {
    const ada = await freshAccount(world)
    const other = await login(world, ada.email)
    await addPasskey(ada.person)
    const { errors } = await (await calling(world, other.sessionId)).run(
      'mutation { startPasskeyRegistration(input: {}) { options } }',
    )
    expect(errors.map(({ code }) => code)).toEqual(['STEP_UP_REQUIRED'])
  })
})

describe('the passkeys of an account', () => {
  it('can be renamed and removed by their owner alone', async () => {
    const [ada, eve] = [await passkeyAccount(world), await securedAccount(world)]
    const [passkey] = await passkeysOf(ada)
    const id = passkey?.id
    const renamed = await ada.person.mutate('renamePasskey', { id, label: ' Phone ' }, 'passkey { id label }')
    expect(renamed).toEqual({ passkey: { id, label: 'Phone' }, userErrors: [] })
    expect(
      codesOf(await eve.person.mutate('renamePasskey', { id, label: 'Mine' }, 'passkey { id }')),
    ).toEqual(['NOT_FOUND'])
    expect(codesOf(await eve.person.mutate('removePasskey', { id }, 'user { id }'))).toEqual(['NOT_FOUND'])
    expect(codesOf(await ada.person.mutate('renamePasskey', { id, label: '' }, 'passkey { id }'))).toEqual([
      'TOO_SHORT',
    ])
    expect(await passkeysOf(ada)).toMatchObject([{ id, label: 'Phone' }])
    expect(
      await ada.person.mutate('removePasskey', { id }, 'user { passkeys { id } recoveryCodeCount }'),
    ).toEqual({ user: { passkeys: [], recoveryCodeCount: 0 }, userErrors: [] })
    const events = await world.rows(securityEvents, eq(securityEvents.userId, ada.userId))
    expect(events.filter(({ kind }) => kind === 'PASSKEY_REMOVED')).toHaveLength(1)
    expect((await login(world, ada.email)).userId).toBe(ada.userId)
  })

  it.each([
    ['startPasskeyRegistration(input: {}) { options }'],
    ['finishPasskeyRegistration(input: { response: "{}", label: "x" }) { passkey { id } }'],
    ['removePasskey(input: { id: "ID" }) { user { id } }'],
  ])('%s wants a fresh step-up', async (mutation) => {
    const ada = await passkeyAccount(world)
    const [passkey] = await passkeysOf(ada)
    world.clock.advance(10 * 60_000)
    const { errors } = await (await calling(world, ada.sessionId)).run(
      `mutation { ${mutation.replace('ID', passkey?.id ?? '')} }`,
    )
    expect(errors.map(({ code }) => code)).toEqual(['STEP_UP_REQUIRED'])
    expect(await passkeysOf(ada)).toHaveLength(1)
  })

  it('leave no challenges behind', async () => {
    await passkeyAccount(world)
    await optionsOf(world.anonymous, 'startPasskeyLogin')
    world.clock.advance(5 * 60_000)
    const context = world.host.subgraphs.identity?.ownContext()
    if (!context) throw new Error('identity does not run')
    await forgetExpired(context)
    expect(await world.rows(passkeyChallenges)).toEqual([])
  })
})
