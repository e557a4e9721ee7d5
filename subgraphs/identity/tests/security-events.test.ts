import type { UserCaller } from '@guildhall/kit/caller'
import { createWorld, type Person, type World } from '@guildhall/kit/testing/world'
import { isEnumType } from 'graphql'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { securityEventKinds } from '../contract.ts'
import { account, freshEmail, login, register } from './accounts.ts'
import { firefox, loginFrom } from './sessions.ts'

let world: World
beforeAll(async () => {
  world = await createWorld()
})
afterAll(() => world.close())

interface Entry {
  id: string
  kind: string
}
interface Log {
  user: { securityEvents: { nodes: Entry[]; totalCount: number; pageInfo: { endCursor: string } } }
}

const logOf = async (reader: Person, userId: string, more = '') =>
  (
    await reader.run<Log>(
      `query ($id: ID!) { user(id: $id) { securityEvents${more} {
        totalCount pageInfo { endCursor }
        nodes { id kind at address device actor { id } session { id } details { name value } } } } }`,
      { id: userId },
    )
  ).data.user.securityEvents

describe('User.securityEvents', () => {
  it('tells the person what happened, the latest first, a page at a time', async () => {
    const email = freshEmail()
    const userId = await register(world, email)
    const at = world.clock.now().toISOString()
    const first = await loginFrom(world, email, firefox)
    const { person, sessionId } = await login(world, email)
    await person.mutate('revokeSession', { id: first }, 'session { id }')
    const log = await logOf(person, userId)
    expect(log.totalCount).toBe(4)
    expect(log.nodes.map(({ kind }) => kind)).toEqual([
      'SESSION_REVOKED',
      'NEW_DEVICE',
      'LOGGED_IN',
      'LOGGED_IN',
    ])
    expect(log.nodes[0]).toMatchObject({ actor: { id: userId }, session: { id: first }, details: [] })
    expect(log.nodes[1]).toMatchObject({ actor: null, session: { id: sessionId } })
    expect(log.nodes[3]).toEqual({
      id: expect.stringMatching(/^sev_/),
      kind: 'LOGGED_IN',
      at,
      address: '203.0.113.7',
      device: 'Firefox on Linux',
      actor: null,
      session: { id: first },
      details: [{ name: 'methods', value: 'PASSWORD' }],
    })
    const page = await logOf(person, userId, '(first: 3)')
    const rest = await logOf(person, userId, `(first: 3, after: "${page.pageInfo.endCursor}")`)
    expect([...page.nodes, ...rest.nodes]).toEqual(log.nodes)
  })

  it('is open to those who may see all accounts, without the sessions, and to nobody else', async () => {
    const { userId } = await account(world)
    const admin = world.personWith({
      ...(world.person().caller as UserCaller),
      platformPermissions: ['users:read'],
    })
    const owner = world.personWith({
      ...(world.person().caller as UserCaller),
      grants: { org: { role: 'OWNER', permissions: ['users:read'] } },
    })
    const seen = await logOf(admin, userId)
    expect(seen.nodes).toMatchObject([{ kind: 'LOGGED_IN', session: null }])
    const id = seen.nodes[0]?.id ?? ''
    expect(await admin.entity('identity', 'SecurityEvent', id, 'kind')).toEqual({ kind: 'LOGGED_IN' })
    for (const other of [world.person(), owner]) {
      expect(await logOf(other, userId)).toMatchObject({ nodes: [], totalCount: 0 })
      expect(await other.entity('identity', 'SecurityEvent', id, 'kind')).toBeNull()
    }
  })

  it('knows a word for every kind', () => {
    const kinds = world.host.subgraphs.identity?.definition.graphqlSchema.getType('SecurityEventKind')
    expect(isEnumType(kinds) && kinds.getValues().map(({ name }) => name)).toEqual([...securityEventKinds])
  })
})
