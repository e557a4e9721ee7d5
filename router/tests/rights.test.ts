import type { UserCaller } from '@guildhall/kit/caller'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { callerOf, hasLostRights } from '../access/rights.ts'
import type { SessionPrincipal } from '../callers/identity-client.ts'
import { startWorld, untilHeard, type World } from './support/world.ts'

const session: SessionPrincipal = {
  sessionId: 'key_1',
  userId: 'usr_1',
  isActive: true,
  platformRoles: ['ADMIN'],
  platformPermissions: ['users:manage', 'users:view'],
  steppedUpUntil: '2030-01-01T00:00:00.000Z',
  impersonatorId: null,
  isReadOnly: false,
  scopes: null,
  organizationId: null,
  addresses: null,
  expiresAt: null,
}
const held = {
  org_1: { role: 'owner', permissions: ['a', 'b'], scoped: { prj_1: ['b', 'c'] } },
  org_2: { role: 'member', permissions: ['b'] },
}
const caller = (over: Partial<SessionPrincipal> = {}) => callerOf({ ...session, ...over }, held)

describe('a session, key or token may do', () => {
  it('everything that the person may', () => {
    expect(caller()).toEqual({
      kind: 'user',
      userId: 'usr_1',
      sessionId: 'key_1',
      platformRoles: ['ADMIN'],
      platformPermissions: ['users:manage', 'users:view'],
      steppedUpUntilMs: Date.parse('2030-01-01T00:00:00.000Z'),
      grants: held,
    })
  })

  it('within its scopes only, over single objects and the platform too', () => {
    expect(caller({ scopes: ['b', 'users:view', 'never:held'] })).toMatchObject({
      platformRoles: [],
      platformPermissions: ['users:view'],
      grants: {
        org_1: { role: 'owner', permissions: ['b'], scoped: { prj_1: ['b'] } },
        org_2: { role: 'member', permissions: ['b'] },
      },
    })
  })

  it('in its organization only, and nothing to the platform', () => {
    const { grants, platformPermissions, platformRoles } = caller({ organizationId: 'org_2' })
    expect(grants).toEqual({ org_2: held.org_2 })
    expect([platformRoles, platformPermissions]).toEqual([[], undefined])
    expect(caller({ organizationId: 'org_3' }).grants).toEqual({})
  })

  it('less, as soon as anything of that is gone', () => {
    const before = caller()
    const less: Partial<SessionPrincipal>[] = [
      { platformRoles: [] },
      { platformPermissions: ['users:view'] },
      { isReadOnly: true },
      { impersonatorId: 'usr_2' },
      { scopes: ['a', 'b', 'users:manage', 'users:view'] },
      { organizationId: 'org_1' },
      { userId: 'usr_2' },
    ]
    for (const over of less) expect([over, hasLostRights(before, caller(over))]).toEqual([over, true])
    const without = (grants: UserCaller['grants']) => hasLostRights(before, { ...before, grants })
    expect(without({ ...held, org_1: { role: 'owner', permissions: ['a', 'b'] } })).toBe(true)
    expect(without({ ...held, org_1: { role: 'owner', permissions: ['a', 'b', 'c'] } })).toBe(false)
    const split = { role: 'owner', permissions: ['a', 'b', 'c'], scoped: { prj_1: ['b'] } }
    expect(without({ ...held, org_1: split })).toBe(false)
    expect(without({ org_1: held.org_1 })).toBe(true)
    expect(hasLostRights(before, caller())).toBe(false)
    expect(hasLostRights(before, caller({ steppedUpUntil: null, platformRoles: ['ADMIN', 'X'] }))).toBe(false)
    expect(hasLostRights(caller({ isReadOnly: true }), caller())).toBe(false)
  })
})

describe('subgraphs and directives see', () => {
  let world: World
  beforeAll(async () => {
    world = await startWorld('in-process')
    await untilHeard(world)
  })
  afterAll(() => world.close())

  it('who acts in a person’s name, that nothing may be changed, and when they proved themselves', async () => {
    const { token } = world.identity.login('p1', [], {
      impersonatorId: 'p9',
      isReadOnly: true,
      steppedUpUntil: '2030-01-01T00:00:00.000Z',
      platformRoles: ['SUPPORT'],
      platformPermissions: ['admin'],
    })
    const { body } = await world.post('query Peek { me { id } note { secret } }', { token })
    // A permission over the platform counts for @requiresScopes.
    expect(body).toEqual({ data: { me: { id: 'p1' }, note: { secret: 's3cret' } } })
    expect(world.state.callers.at(-1)).toEqual({
      kind: 'user',
      userId: 'p1',
      sessionId: expect.stringMatching(/^ses_/),
      platformRoles: ['SUPPORT'],
      platformPermissions: ['admin'],
      impersonatorId: 'p9',
      isReadOnly: true,
      steppedUpUntilMs: Date.parse('2030-01-01T00:00:00.000Z'),
      grants: { org_1: { role: 'member', permissions: [] } },
    })
    expect(world.logged.find(({ operation }) => operation === 'Peek')).toMatchObject({
      viewer: 'p1',
      impersonator: 'p9',
      outcome: 'ok',
    })
  })

  it('what is held over one object alone', async () => {
    const { token } = world.identity.login('p8')
    world.identity.setScoped('p8', 'prj_1', ['admin'])
    const { body } = await world.post('{ note { secret } }', { token })
    expect(body).toEqual({ data: { note: { secret: 's3cret' } } })
    expect(world.state.callers.at(-1)).toMatchObject({
      grants: { org_1: { permissions: [], scoped: { prj_1: ['admin'] } } },
    })
  })

  it('no more than a token was made for', async () => {
    const { sessionId } = world.identity.login('p2', ['admin', 'notes:burn'])
    const secret = async (claims: Record<string, unknown>) => {
      const token = world.identity.token(sessionId, { claims })
      return (await world.post('{ note { id secret } }', { token })).body.data
    }
    expect(await secret({})).toEqual({ note: { id: 'n1', secret: 's3cret' } })
    expect(await secret({ scope: 'notes:burn' })).toEqual({ note: { id: 'n1', secret: null } })
    expect(await secret({ scope: '' })).toEqual({ note: { id: 'n1', secret: null } })
    expect(await secret({ scope: 'notes:burn admin never:held' })).toEqual({
      note: { id: 'n1', secret: 's3cret' },
    })
    expect(world.state.callers.at(-1)).toMatchObject({
      grants: { org_1: { permissions: ['admin', 'notes:burn'] } },
    })
  })

  it('a session no longer than it lasts, whatever its token says', async () => {
    const endsAt = Date.now() + 1_500
    const { token } = world.identity.login('p3', [], { expiresAt: new Date(endsAt).toISOString() })
    expect(await world.post('{ me { id } }', { token })).toMatchObject({ status: 200 })
    while ((await world.post('{ me { id } }', { token })).status !== 401)
      expect(Date.now()).toBeLessThan(endsAt + 500)
    expect(Date.now()).toBeGreaterThanOrEqual(endsAt)
  })
})
