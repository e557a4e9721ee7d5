import { newId } from '@guildhall/kit/ids'
import { eq } from 'drizzle-orm'
import { decodeJwt } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { securityRecorded, sessionCreated, userRegistered } from '../contract.ts'
import { externalLogins, passwordCredentials, sessions, totpFactors, users } from '../tables.ts'
import { freshEmail } from './accounts.ts'
import {
  codesOf,
  complete,
  createExternalWorld,
  type ExternalWorld,
  identitiesOf,
  logInAt,
  start,
  stranger,
  times,
  written,
} from './external-world.ts'
import { redirectUrl } from './issuer.ts'

let house: ExternalWorld
beforeAll(async () => {
  house = await createExternalWorld()
})
afterAll(() => house?.close())

describe('externalIssuers', () => {
  it('names what the house trusts, and nothing that is ours to know', async () => {
    const { data } = await house.world.anonymous.run('{ externalIssuers { name label } }')
    expect(data).toEqual({
      externalIssuers: [
        { name: 'north', label: 'North' },
        { name: 'south', label: 'South' },
        { name: 'west', label: 'West' },
      ],
    })
  })
})

describe('startExternalLogin', () => {
  it('leads to the issuer by code, PKCE, state and nonce, and keeps none of the secrets', async () => {
    const { world, north } = house
    const { authorizationUrl, flowToken, expiresAt } = await start(world.anonymous)
    const url = new URL(authorizationUrl)
    const { state = '', nonce, ...parameters } = Object.fromEntries(url.searchParams)
    expect(`${url.origin}${url.pathname}`).toBe(`${north.url}/auth`)
    expect(parameters).toEqual({
      response_type: 'code',
      client_id: 'guildhall',
      redirect_uri: redirectUrl,
      scope: 'openid email profile',
      code_challenge: expect.stringMatching(/^[\w-]{43}$/),
      code_challenge_method: 'S256',
    })
    expect([state, nonce, flowToken]).toEqual(Array(3).fill(expect.stringMatching(/^[\w-]{43}$/)))
    expect(Date.parse(expiresAt) - world.clock.now().getTime()).toBe(600_000)
    const [flow] = (await world.rows(externalLogins)).slice(-1)
    expect(flow).toMatchObject({ issuerName: 'north', redirectUrl, returnTo: '/events?page=2', userId: null })
    expect(flow?.codeVerifier).toMatch(/^v1\./)
    for (const secret of [state, flowToken]) expect(JSON.stringify(flow)).not.toContain(secret)
  })
})

describe('completeExternalLogin', () => {
  it('opens an account for somebody unknown, with the address that the issuer has verified', async () => {
    const { world, north } = house
    const { subject, email } = stranger(north, { name: 'Grace Hopper', preferred_username: 'grace' })
    const { tokens, user, returnTo, userErrors } = await logInAt(world, north, subject)
    expect([returnTo, userErrors]).toEqual(['/events?page=2', []])
    const { sub: userId = '', sid } = decodeJwt<{ sid: string }>(tokens?.accessToken ?? '')
    expect(user).toEqual({ id: userId })
    expect(await world.rows(users, eq(users.id, userId))).toEqual([
      expect.objectContaining({ email, status: 'ACTIVE', displayName: 'Grace Hopper', kind: 'PERSON' }),
    ])
    expect((await world.rows(users, eq(users.id, userId)))[0]?.emailVerifiedAt).toEqual(world.clock.now())
    expect(await identitiesOf(world, userId)).toEqual([
      expect.objectContaining({ issuer: north.url, subject, label: email }),
    ])
    const [session] = await world.rows(sessions, eq(sessions.id, sid))
    expect(session).toMatchObject({ userId, methods: ['EXTERNAL'] })
    expect(await world.rows(passwordCredentials, eq(passwordCredentials.userId, userId))).toEqual([])
    expect((await world.published(userRegistered)).at(-1)).toMatchObject({ userId })
    expect((await world.published(sessionCreated)).at(-1)).toEqual({ userId, sessionId: sid })
    const events = (await world.published(securityRecorded)).filter((event) => event.userId === userId)
    expect(events.map(({ kind }) => kind)).toEqual(['IDENTITY_LINKED', 'LOGGED_IN'])
  })

  it('knows the person again by issuer and subject, whatever became of the address', async () => {
    const { world, north } = house
    const { subject, email } = stranger(north)
    await logInAt(world, north, subject)
    north.accounts.set(subject, { email: freshEmail(), email_verified: true })
    world.clock.advance(1_000)
    expect(codesOf(await logInAt(world, north, subject))).toEqual([])
    const [user] = await world.rows(users, eq(users.email, email))
    const identities = await identitiesOf(world, user?.id ?? '')
    expect(identities).toHaveLength(1)
    expect(identities[0]?.lastUsedAt).toEqual(world.clock.now())
    expect(await world.rows(sessions, eq(sessions.userId, user?.id ?? ''))).toHaveLength(2)
  })

  it('takes an address for verified only if the issuer says so', async () => {
    const { world, north } = house
    const { subject, email } = stranger(north, { email_verified: false, name: 'grace@example.org' })
    expect((await logInAt(world, north, subject)).tokens).not.toBeNull()
    const [user] = await world.rows(users, eq(users.email, email))
    expect(user).toMatchObject({ status: 'PENDING_VERIFICATION', emailVerifiedAt: null })
    await world.settle()
    expect((await world.mails(email)).map(({ subject: title }) => title)).toHaveLength(1)
    expect(user?.displayName, 'an address is nothing that others may see').toBe('New member')
  })

  it('makes one account of ten first logins at once', async () => {
    const { world, north } = house
    const { subject, email } = stranger(north)
    const ways = await times(10, async () => {
      const { authorizationUrl, flowToken } = await start(world.anonymous)
      return { flowToken, callbackUrl: await north.visit(authorizationUrl, subject) }
    })
    const answers = await Promise.all(
      ways.map(({ flowToken, callbackUrl }) => complete(world.anonymous, flowToken, callbackUrl)),
    )
    expect(answers.map(codesOf)).toEqual(Array(10).fill([]))
    const [user, ...more] = await world.rows(users, eq(users.email, email))
    expect(more).toEqual([])
    expect(await identitiesOf(world, user?.id ?? '')).toHaveLength(1)
    expect(await world.rows(sessions, eq(sessions.userId, user?.id ?? ''))).toHaveLength(10)
    const registered = (await world.published(userRegistered)).filter(({ userId }) => userId === user?.id)
    expect(registered).toHaveLength(1)
  })

  it('begins one session, however many come back with one way back', async () => {
    const { world, north } = house
    const { subject, email } = stranger(north)
    const { authorizationUrl, flowToken } = await start(world.anonymous)
    const callbackUrl = await north.visit(authorizationUrl, subject)
    const before = north.hits.get('/token') ?? 0
    const answers = await times(10, () => complete(world.anonymous, flowToken, callbackUrl))
    expect(answers.map((answer) => codesOf(answer)[0] ?? 'done').sort()).toEqual([
      ...Array(9).fill('STATE_MISMATCH'),
      'done',
    ])
    expect((north.hits.get('/token') ?? 0) - before, 'one alone may ask').toBe(1)
    const [user] = await world.rows(users, eq(users.email, email))
    expect(await world.rows(sessions, eq(sessions.userId, user?.id ?? ''))).toHaveLength(1)
  })

  it('opens no account where the issuer is configured so', async () => {
    const { world, south } = house
    south.accounts.set('south|nobody', { email: freshEmail(), email_verified: true })
    const before = await written(world)
    expect(codesOf(await logInAt(world, south, 'south|nobody', 'south'))).toEqual([
      'EXTERNAL_ACCOUNT_UNKNOWN',
    ])
    expect(await written(world)).toEqual(before)
  })

  it('opens no account without an address', async () => {
    const { world, north } = house
    north.accounts.set('north|mute', { name: 'Mute' })
    north.accounts.set('north|odd', { email: 'not an address', email_verified: true })
    const before = await written(world)
    for (const subject of ['north|mute', 'north|odd']) {
      expect(codesOf(await logInAt(world, north, subject))).toEqual(['EXTERNAL_EMAIL_REQUIRED'])
    }
    expect(await written(world)).toEqual(before)
  })

  it('lets nobody in whose account is suspended', async () => {
    const { world, north } = house
    const { subject, email } = stranger(north)
    await logInAt(world, north, subject)
    const suspended = { status: 'SUSPENDED', suspendedAt: world.clock.now() } as const
    await world.host.database.db.update(users).set(suspended).where(eq(users.email, email))
    const before = await written(world)
    expect(codesOf(await logInAt(world, north, subject))).toEqual(['ACCOUNT_SUSPENDED'])
    expect(await written(world)).toEqual(before)
  })

  it('does not stand in for the second proof that an account asks for', async () => {
    const { world, north } = house
    const { subject, email } = stranger(north)
    await logInAt(world, north, subject)
    const [user] = await world.rows(users, eq(users.email, email))
    await world.host.database.db.insert(totpFactors).values({
      id: newId('mfa'),
      userId: user?.id ?? '',
      label: 'Phone',
      secret: 'sealed',
      status: 'ACTIVE',
      createdAt: world.clock.now(),
      confirmedAt: world.clock.now(),
    })
    const before = await written(world)
    const { tokens, challenge } = await logInAt(world, north, subject)
    expect([tokens, challenge?.methods]).toEqual([null, ['TOTP']])
    expect((await written(world)).sessions).toEqual(before.sessions)
    expect(await identitiesOf(world, user?.id ?? '')).toHaveLength(1)
  })
})
