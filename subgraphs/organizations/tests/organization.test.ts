import { createWorld, type Person, type World } from '@guildhall/kit/testing/world'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { rolePermissions } from '../roles.ts'
import { found, invite } from './people.ts'

let world: World
beforeAll(async () => {
  world = await createWorld()
})
afterAll(() => world.close())

const look = async (person: Person, id: string) =>
  (
    await person.run<{ organization: unknown }>(
      `{ organization(id: "${id}") {
           name myRole members(first: 2) { totalCount nodes { role } pageInfo { hasNextPage endCursor } }
           invitations { totalCount nodes { email } }
         } }`,
    )
  ).data.organization

describe('Organization', () => {
  it('shows its name to all, its members to members, its invitations to managers', async () => {
    const organization = await found(world)
    const member = await organization.member('MEMBER')
    await organization.member('GUEST')
    await invite(organization, 'somebody@example.org')
    const page = {
      totalCount: 3,
      nodes: [{ role: 'OWNER' }, { role: 'MEMBER' }],
      pageInfo: { hasNextPage: true, endCursor: expect.any(String) },
    }
    const { name, id } = organization
    for (const person of [world.anonymous, world.person(), (await found(world)).owner]) {
      expect(await look(person, id)).toEqual({ name, myRole: null, members: null, invitations: null })
    }
    expect(await look(member, id)).toEqual({ name, myRole: 'MEMBER', members: page, invitations: null })
    expect(await look(organization.owner, id)).toEqual({
      name,
      myRole: 'OWNER',
      members: page,
      invitations: { totalCount: 1, nodes: [{ email: 'somebody@example.org' }] },
    })
    expect(await look(world.service, id)).toEqual({
      name,
      myRole: null,
      members: page,
      invitations: { totalCount: 1, nodes: [{ email: 'somebody@example.org' }] },
    })
  })

  it('does not exist under other ids', async () => {
    for (const id of ['nonsense', world.person().userId, world.organization().id]) {
      expect(await look(world.person(), id)).toBeNull()
      expect(await world.anonymous.entity('organizations', 'Organization', id, 'id')).toBeNull()
    }
  })
})

describe('User.memberships', () => {
  const membershipsOf = async (caller: Person, userId: string) =>
    (
      await caller.entity<{ memberships: { organization: { id: string }; role: string }[] | null }>(
        'organizations',
        'User',
        userId,
        'memberships { role organization { id } }',
      )
    )?.memberships

  it('shows all of them to the person, shared ones to others', async () => {
    const [shared, other] = [await found(world), await found(world)]
    const fellow = await shared.member('GUEST')
    const own = { role: 'OWNER', organization: { id: shared.id } }
    expect(await membershipsOf(shared.owner, shared.owner.userId)).toEqual([own])
    expect(await membershipsOf(fellow, shared.owner.userId)).toEqual([own])
    expect(await membershipsOf(other.owner, shared.owner.userId)).toEqual([])
    expect(await membershipsOf(world.anonymous, shared.owner.userId)).toEqual([])
    expect(await membershipsOf(world.service, shared.owner.userId)).toEqual([own])
    expect(await membershipsOf(fellow, 'usr_nonsense')).toEqual([])
  })

  it('reads the memberships of many people, and their organizations, with one statement each', async () => {
    const organization = await found(world)
    const fellows = await Promise.all([1, 2, 3, 4].map(() => organization.member('MEMBER')))
    await world.settle()
    const upstream = world.host.upstreams.organizations
    const context = await world.signer(organization.owner.caller)
    const statements = await world.statements(async () => {
      await upstream?.execute({
        query: `query ($r: [_Any!]!) {
          _entities(representations: $r) { ... on User { memberships { role organization { name } } } }
        }`,
        variables: { r: fellows.map(({ userId }) => ({ __typename: 'User', id: userId })) },
        context,
      })
    })
    expect(statements.filter((statement) => statement.includes('"organizations"."'))).toHaveLength(2)
  })
})

describe('organizationGrants', () => {
  const query = 'query ($id: ID!) { organizationGrants(userId: $id) { organizationId role permissions } }'

  it('tells services what a person may do where', async () => {
    const organization = await found(world)
    const member = await organization.member('ORGANIZER')
    const { data } = await world.service.run(query, { id: member.userId })
    expect(data).toEqual({
      organizationGrants: [
        { organizationId: organization.id, role: 'ORGANIZER', permissions: [...rolePermissions.ORGANIZER] },
      ],
    })
    expect((await world.service.run(query, { id: 'nonsense' })).data).toEqual({ organizationGrants: [] })
  })

  it('is open to services alone', async () => {
    const { owner } = await found(world)
    for (const person of [owner, world.anonymous]) {
      const { errors } = await person.run(query, { id: owner.userId })
      expect(errors.map((error) => error.code)).toEqual(['FORBIDDEN'])
    }
  })
})
