import { createWorld, type Person, type World } from '@guildhall/kit/testing/world'
import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { nameAdmin } from '../commands/name-admin.ts'
import { users } from '../tables.ts'
import { account, freshEmail, principalOf, register } from './accounts.ts'
import {
  administrator,
  impersonate,
  sessionsOf,
  setRoles,
  suspend,
  thrownBy,
  withoutAdministrators,
} from './administrators.ts'
import { codesOf } from './machines.ts'

let world: World
beforeAll(async () => {
  world = await createWorld()
})
afterAll(() => world.close())

interface Users {
  users: {
    totalCount: number
    nodes: { id: string }[]
    pageInfo: { hasNextPage: boolean; endCursor: string }
  }
}

const list = async (caller: Person, args: string) => {
  const page = 'totalCount nodes { id } pageInfo { hasNextPage endCursor }'
  const { data, errors } = await caller.run<Users>(`{ users(${args}) { ${page} } }`)
  expect(errors).toEqual([])
  return data.users
}
const rolesOf = async (id: string) => (await world.rows(users, eq(users.id, id)))[0]?.platformRoles

describe('users', () => {
  it('finds accounts by the beginning of name or address, whatever characters are in it', async () => {
    const support = await administrator(world, 'SUPPORT')
    const percent = await register(world, freshEmail(), '100% Ada')
    await register(world, freshEmail(), '100 Ada')
    await register(world, freshEmail(), 'Not 100% Ada')
    const found = await list(support, 'filter: { search: " 100% aDA" }')
    expect(found).toMatchObject({ nodes: [{ id: percent }], totalCount: 1 })
    const underscore = await register(world, `under_score.${freshEmail()}`)
    await register(world, `underxscore.${freshEmail()}`)
    expect((await list(support, 'filter: { search: "Under_Score." }')).nodes).toEqual([{ id: underscore }])
    expect((await list(support, 'filter: { search: "_00" }')).nodes).toEqual([])
    expect((await list(support, 'filter: { search: "\\\\" }')).nodes).toEqual([])
  })

  it('goes on page by page, each account once', async () => {
    const support = await administrator(world, 'SUPPORT')
    const ids = []
    for (let number = 0; number < 5; number++) ids.push(await register(world, freshEmail(), 'Zoë Paged'))
    const args = 'filter: { search: "zoë paged" }, orderBy: { field: DISPLAY_NAME, direction: DESC }'
    const seen: string[] = []
    let after = ''
    for (let pages = 0; pages < 3; pages++) {
      const { nodes, pageInfo } = await list(support, `${args}, first: 2${after && `, after: "${after}"`}`)
      seen.push(...nodes.map(({ id }) => id))
      expect(pageInfo.hasNextPage).toBe(pages < 2)
      after = pageInfo.endCursor
    }
    expect(seen.toSorted()).toEqual(ids.toSorted())
  })

  it('shows everything of an account to those who run the house, and nothing to others', async () => {
    const admin = await administrator(world)
    const { userId, email, person } = await account(world)
    await suspend(admin, userId)
    const fields = 'email status nextStatuses platformRoles suspendedAt suspendedReason apiKeys { id }'
    const seen = await admin.entity('identity', 'User', userId, fields)
    expect(seen).toEqual({
      email,
      status: 'SUSPENDED',
      nextStatuses: ['ACTIVE', 'PENDING_VERIFICATION', 'ERASED'],
      platformRoles: [],
      suspendedAt: world.clock.now().toISOString(),
      suspendedReason: 'Spam',
      apiKeys: [],
    })
    expect(await (await administrator(world, 'SUPPORT')).entity('identity', 'User', userId, fields)).toEqual(
      seen,
    )
    expect(await person.entity('identity', 'User', userId, fields)).toEqual(seen)
    const nothing = Object.fromEntries(Object.keys(seen ?? {}).map((field) => [field, null]))
    expect(await world.person().entity('identity', 'User', userId, fields)).toEqual(nothing)
    const listed = await list(admin, 'filter: { status: [SUSPENDED], kind: PERSON }')
    expect(listed.nodes).toEqual([{ id: userId }])
    expect((await list(admin, 'filter: { kind: SERVICE }')).nodes).toEqual([])
  })

  it('is denied to everybody else', async () => {
    for (const caller of [world.person(), world.organization().as('OWNER')]) {
      const { errors } = await caller.run('{ users { totalCount } }')
      expect(errors.map(({ code }) => code)).toEqual(['FORBIDDEN'])
    }
  })
})

describe('setPlatformRoles', () => {
  it('gives and takes roles, and routers hear of it', async () => {
    const admin = await administrator(world)
    const { userId, sessionId } = await account(world)
    expect(await setRoles(admin, userId, ['SUPPORT', 'ADMIN', 'ADMIN'])).toEqual({
      user: { platformRoles: ['ADMIN', 'SUPPORT'] },
      userErrors: [],
    })
    expect(await principalOf(world, sessionId)).toMatchObject({ platformRoles: ['ADMIN', 'SUPPORT'] })
    await setRoles(admin, userId, [])
    expect(await principalOf(world, sessionId)).toMatchObject({ platformRoles: [] })
  })

  it('ends impersonations that the roles no longer allow', async () => {
    const [admin, support] = [await administrator(world), await administrator(world, 'SUPPORT')]
    const [{ userId }, { userId: risen }] = [await account(world), await account(world)]
    await impersonate(support, userId)
    await impersonate(support, risen)
    await setRoles(admin, risen, ['SUPPORT'])
    const endsOf = async (id: string) =>
      (await sessionsOf(world, id)).filter((one) => one.impersonatorId).map((one) => one.revokedReason)
    expect([await endsOf(userId), await endsOf(risen)]).toEqual([[null], ['IMPERSONATION_ENDED']])
    await setRoles(admin, support.userId, [])
    expect(await endsOf(userId)).toEqual(['IMPERSONATION_ENDED'])
  })

  it('refuses shut accounts and the last ADMIN, also when two step down at once', async () => {
    await withoutAdministrators(world)
    const [one, other] = [await administrator(world), await administrator(world)]
    const { userId } = await account(world)
    await suspend(one, userId)
    expect(codesOf(await setRoles(one, userId, ['SUPPORT']))).toEqual(['input.id ACCOUNT_SUSPENDED'])
    const answers = await Promise.all([
      setRoles(one, one.userId, []),
      setRoles(other, other.userId, ['SUPPORT']),
    ])
    expect(answers.flatMap(codesOf)).toEqual(['input.id LAST_ADMIN'])
    const left = [await rolesOf(one.userId), await rolesOf(other.userId)].flat()
    expect(left.filter((role) => role === 'ADMIN')).toHaveLength(1)
  })

  it('wants a fresh proof and users:manage', async () => {
    const { userId } = await account(world)
    const mutation = `setPlatformRoles(input: { id: "${userId}", roles: [ADMIN] })`
    const admin = await administrator(world)
    const stale = world.personWith({ ...admin.caller, steppedUpUntilMs: 0 } as typeof admin.caller)
    expect(await thrownBy(stale, mutation)).toEqual(['STEP_UP_REQUIRED'])
    expect(await thrownBy(await administrator(world, 'SUPPORT'), mutation)).toEqual(['FORBIDDEN'])
    expect(await rolesOf(userId)).toEqual([])
  })
})

describe('nameAdmin', () => {
  it('names the first ADMIN of a house by address', async () => {
    const email = freshEmail()
    const userId = await register(world, email)
    const ctx = world.host.subgraphs.identity?.ownContext()
    if (!ctx) throw new Error('identity does not run')
    expect(await nameAdmin(ctx, email.toUpperCase())).toMatchObject({ ok: true })
    expect(await rolesOf(userId)).toEqual(['ADMIN'])
    expect(await nameAdmin(ctx, freshEmail())).toMatchObject({ ok: false })
  })
})
