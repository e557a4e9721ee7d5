import { createWorld, type World } from '@guildhall/kit/testing/world'
import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { users } from '../tables.ts'
import { account, freshEmail, register } from './accounts.ts'

let world: World
beforeAll(async () => {
  world = await createWorld()
})
afterAll(() => world.close())

const everything = 'id displayName email locale timezone createdAt version'

describe('User', () => {
  it('shows a person everything of themselves, and to services too', async () => {
    const { person, userId, email } = await account(world)
    const { data } = await person.run<{ me: object }>(`{ me { ${everything} } }`)
    expect(data.me).toEqual({
      id: userId,
      displayName: 'Ada',
      email,
      locale: 'en',
      timezone: 'UTC',
      createdAt: world.clock.now().toISOString(),
      version: 1,
    })
    expect(await world.service.entity('identity', 'User', userId, everything)).toEqual(data.me)
  })

  it('shows others the name alone, by id and as a reference', async () => {
    const userId = await register(world)
    const nameAlone = {
      id: userId,
      displayName: 'Ada',
      email: null,
      locale: null,
      timezone: null,
      createdAt: null,
      version: null,
    }
    const stranger = world.person()
    const { data } = await stranger.run(`query ($id: ID!) { user(id: $id) { ${everything} } }`, {
      id: userId,
    })
    expect(data).toEqual({ user: nameAlone })
    expect(await stranger.entity('identity', 'User', userId, everything)).toEqual(nameAlone)
  })

  it('does not exist for those who are not logged in, nor under other ids', async () => {
    const userId = await register(world)
    expect(await world.anonymous.entity('identity', 'User', userId, 'id')).toBeNull()
    expect(await world.person().entity('identity', 'User', 'evt_nonsense', 'id')).toBeNull()
    expect(await world.person().entity('identity', 'User', world.person().userId, 'id')).toBeNull()
    expect((await world.anonymous.run('{ me { id } }')).data).toEqual({ me: null })
  })

  it('loads many people with one statement', async () => {
    const ids = await Promise.all(Array.from({ length: 5 }, () => register(world)))
    const fields = ids.map((id, index) => `u${index}: user(id: "${id}") { id }`).join(' ')
    const statements = await world.statements(() => world.person().run(`{ ${fields} }`))
    expect(statements.filter((statement) => statement.includes('"identity"."user"'))).toHaveLength(1)
  })
})

describe('plumbing for the router', () => {
  const plumbing = [
    '{ signingKeys }',
    '{ sessionPrincipal(sessionId: "ses_x") { userId } }',
    '{ userIdByEmail(email: "a@b.ch") }',
    '{ mailRecipients(userIds: []) { userId } }',
  ]

  it('is open to services alone', async () => {
    for (const query of plumbing) {
      for (const caller of [world.anonymous, world.person()]) {
        expect((await caller.run(query)).errors.map((error) => error.code)).toEqual(['FORBIDDEN'])
      }
      expect((await world.service.run(query)).errors).toEqual([])
    }
    const refused = await world.person().subscribe('subscription { principalChanged { userId } }').next()
    expect(refused.value?.errors?.[0]?.extensions?.code).toBe('FORBIDDEN')
  })

  it('finds an account by its address in any case', async () => {
    const email = freshEmail()
    const userId = await register(world, email)
    const { data } = await world.service.run(`{ userIdByEmail(email: "${email.toUpperCase()}") }`)
    expect(data).toEqual({ userIdByEmail: userId })
  })

  it('gives verified addresses of accounts in use, and of nobody else', async () => {
    const [verified, unverified] = [await register(world), await register(world)]
    const suspended = await register(world)
    const now = world.clock.now()
    const set = (id: string, changes: Partial<typeof users.$inferInsert>) =>
      world.host.database.db
        .update(users)
        .set({ emailVerifiedAt: now, status: 'ACTIVE', ...changes })
        .where(eq(users.id, id))
    await set(verified, { email: 'reader@example.org' })
    await set(suspended, { status: 'SUSPENDED', suspendedAt: now })
    const { data } = await world.service.run(
      'query ($ids: [ID!]!) { mailRecipients(userIds: $ids) { userId email locale } }',
      { ids: [verified, unverified, suspended, 'usr_nonsense', world.person().userId] },
    )
    expect(data).toEqual({
      mailRecipients: [{ userId: verified, email: 'reader@example.org', locale: 'en' }],
    })
  })

  it('ends an idle stream of changes at once', async () => {
    const changes = world.service.subscribe('subscription { principalChanged { userId } }')
    const waiting = changes.next()
    await changes.return?.()
    expect((await waiting).done).toBe(true)
  })
})
