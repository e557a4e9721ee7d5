import { createWorld, type World } from '@guildhall/kit/testing/world'
import { and, eq, isNull } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sessionRevoked } from '../contract.ts'
import { sessions } from '../tables.ts'
import { account, freshEmail, login, principalOf, register } from './accounts.ts'
import { firefox, loginFrom, securityOf } from './sessions.ts'

let world: World
beforeAll(async () => {
  world = await createWorld()
})
afterAll(() => world.close())

const days = (count: number) => count * 86_400_000
const reasonsOf = async (userId: string) =>
  (await world.published(sessionRevoked))
    .filter((event) => event.userId === userId)
    .map(({ sessionId, reason }) => [sessionId, reason])
const listOf = async (person: { run: typeof world.anonymous.run }) => {
  const { data } = await person.run<{ me: { sessions: { id: string }[] } }>(
    `{ me { sessions { id label device address methods isCurrent createdAt lastUsedAt expiresAt endedAt } } }`,
  )
  return data.me.sessions
}

describe('User.sessions', () => {
  it('shows the person where they are logged in, the last used first', async () => {
    const email = freshEmail()
    await register(world, email)
    const at = world.clock.now()
    const older = await loginFrom(world, email, firefox)
    world.clock.advance(1000)
    const { person, sessionId } = await login(world, email)
    expect(await listOf(person)).toEqual([
      expect.objectContaining({ id: sessionId, label: 'unknown device', address: null, isCurrent: true }),
      {
        id: older,
        label: 'Firefox on Linux',
        device: 'Firefox on Linux',
        address: '203.0.113.7',
        methods: ['PASSWORD'],
        isCurrent: false,
        createdAt: at.toISOString(),
        lastUsedAt: at.toISOString(),
        expiresAt: new Date(at.getTime() + days(90)).toISOString(),
        endedAt: null,
      },
    ])
  })

  it('is empty for everybody else, also for those who run the house, and so is a session itself', async () => {
    const { userId, sessionId } = await account(world)
    const admin = world.personWith({
      ...(world.person().caller as Extract<typeof world.anonymous.caller, { kind: 'user' }>),
      platformRoles: ['ADMIN'],
      platformPermissions: ['users:read'],
    })
    for (const other of [world.person(), admin]) {
      const { data } = await other.run('query ($id: ID!) { user(id: $id) { sessions { id } } }', {
        id: userId,
      })
      expect(data).toEqual({ user: { sessions: [] } })
      expect(await other.entity('identity', 'Session', sessionId, 'address')).toBeNull()
    }
  })

  it('moves a session up when its tokens are refreshed', async () => {
    const { person, tokens, email } = await account(world)
    world.clock.advance(60_000)
    await loginFrom(world, email, firefox)
    world.clock.advance(60_000)
    await world.anonymous.mutate(
      'refreshSession',
      { refreshToken: tokens.refreshToken },
      'tokens { accessToken }',
    )
    const [first] = await listOf(person)
    expect(first).toMatchObject({ isCurrent: true, lastUsedAt: world.clock.now().toISOString() })
  })
})

describe('renameSession', () => {
  it('gives a session of one’s own another name, and its device stays', async () => {
    const { person, sessionId } = await account(world)
    const fields = 'session { label device }'
    expect(await person.mutate('renameSession', { id: sessionId, label: ' Library ' }, fields)).toEqual({
      session: { label: 'Library', device: 'unknown device' },
      userErrors: [],
    })
  })

  it.each([
    ['', 'TOO_SHORT'],
    ['x'.repeat(81), 'TOO_LONG'],
    ['two\nlines', 'INVALID_VALUE'],
  ])('refuses the name %j', async (label, code) => {
    const { person, sessionId } = await account(world)
    const { userErrors } = await person.mutate('renameSession', { id: sessionId, label }, 'session { id }')
    expect(userErrors).toMatchObject([{ code, path: ['input', 'label'] }])
  })

  it('finds neither another person’s session, nor an ended one, nor nonsense', async () => {
    const [mine, theirs] = [await account(world), await account(world)]
    await mine.person.mutate('logout', {}, 'isLoggedOut')
    for (const id of [theirs.sessionId, mine.sessionId, 'nonsense']) {
      const { userErrors } = await mine.person.mutate('renameSession', { id, label: 'x' }, 'session { id }')
      expect(userErrors).toMatchObject([{ code: 'NOT_FOUND', path: ['input', 'id'] }])
    }
    expect(await world.rows(sessions, eq(sessions.label, 'x'))).toEqual([])
  })
})

describe('revokeSession', () => {
  it('ends one session and no other, once, and writes it down', async () => {
    const { person, userId, email, sessionId } = await account(world)
    const lost = await loginFrom(world, email, firefox)
    const revoke = () => person.mutate('revokeSession', { id: lost }, 'session { id endedAt }')
    const endedAt = world.clock.now().toISOString()
    expect(await revoke()).toEqual({ session: { id: lost, endedAt }, userErrors: [] })
    world.clock.advance(1000)
    expect(await revoke()).toEqual({ session: { id: lost, endedAt }, userErrors: [] })
    expect(await principalOf(world, lost)).toMatchObject({ isActive: false })
    expect(await principalOf(world, sessionId)).toMatchObject({ isActive: true })
    expect(await reasonsOf(userId)).toEqual([[lost, 'REVOKED']])
    expect(await securityOf(world, userId)).toEqual([
      'LOGGED_IN',
      'LOGGED_IN',
      'NEW_DEVICE',
      'SESSION_REVOKED',
    ])
  })

  it('does nothing to another person’s session', async () => {
    const [mine, theirs] = [await account(world), await account(world)]
    const { userErrors } = await mine.person.mutate(
      'revokeSession',
      { id: theirs.sessionId },
      'session { id }',
    )
    expect(userErrors).toMatchObject([{ code: 'NOT_FOUND' }])
    expect(await principalOf(world, theirs.sessionId)).toMatchObject({ isActive: true })
    expect(await reasonsOf(theirs.userId)).toEqual([])
  })
})

describe('logoutEverywhere', () => {
  it('can keep the session of the call', async () => {
    const { person, userId, email, sessionId } = await account(world)
    const others = [await loginFrom(world, email, {}), await loginFrom(world, email, {})]
    const answer = await person.mutate('logoutEverywhere', { isCurrentKept: true }, 'endedSessionCount')
    expect(answer).toEqual({ endedSessionCount: 2, userErrors: [] })
    expect(await principalOf(world, sessionId)).toMatchObject({ isActive: true })
    expect((await reasonsOf(userId)).sort()).toEqual(others.map((id) => [id, 'LOGOUT_EVERYWHERE']).sort())
  })
})

describe('revokeToken', () => {
  const revoke = (token: string) => world.anonymous.mutate('revokeToken', { token }, 'isRevoked')
  const done = { isRevoked: true, userErrors: [] }

  it.each(['refreshToken', 'accessToken'] as const)('ends the session of a %s', async (kind) => {
    const { userId, sessionId, tokens } = await account(world)
    expect(await revoke(tokens[kind])).toEqual(done)
    expect(await principalOf(world, sessionId)).toMatchObject({ isActive: false })
    expect(await reasonsOf(userId)).toEqual([[sessionId, 'REVOKED']])
    expect(await revoke(tokens[kind])).toEqual(done)
    expect(await reasonsOf(userId)).toHaveLength(1)
  })

  it('answers the same for what is no good token, and ends nothing', async () => {
    const { sessionId, tokens } = await account(world)
    const [head, body] = tokens.accessToken.split('.')
    const before = await world.rows(sessions, isNull(sessions.revokedAt))
    for (const token of ['', 'nonsense', 'a.b.c', `${head}.${body}.${'A'.repeat(86)}`, `${head}.${body}.`]) {
      expect(await revoke(token)).toEqual(done)
    }
    world.clock.advance(5 * 60_000 + 1000)
    expect(await revoke(tokens.accessToken), 'an access token that has ended').toEqual(done)
    expect(await world.rows(sessions, isNull(sessions.revokedAt))).toHaveLength(before.length)
    expect(await principalOf(world, sessionId)).toMatchObject({ isActive: true })
  })
})

describe('a person with fifty sessions', () => {
  it('who logs in ten times more at once still has fifty, and the oldest ten are over', async () => {
    const { userId, email, sessionId } = await account(world)
    const [pattern] = await world.rows(sessions, eq(sessions.id, sessionId))
    if (!pattern) throw new Error('no session')
    const older = Array.from({ length: 49 }, (_, index) => ({
      ...pattern,
      id: world.host.subgraphs.identity?.ownContext().newId('ses') ?? '',
      createdAt: new Date(pattern.createdAt.getTime() - (index + 1) * 1000),
    }))
    await world.host.database.db.insert(sessions).values(older)
    // From ten networks: so many at once from one would be taken for guesses.
    await Promise.all(
      Array.from({ length: 10 }, (_, index) => loginFrom(world, email, { address: `10.0.${index}.1` })),
    )
    const live = await world.rows(sessions, and(eq(sessions.userId, userId), isNull(sessions.revokedAt)))
    expect(live).toHaveLength(50)
    const oldest = older.slice(-10).map(({ id }) => [id, 'TOO_MANY'])
    expect((await reasonsOf(userId)).sort()).toEqual(oldest.sort())
  }, 30_000)
})
