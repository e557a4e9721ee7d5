import { createWorld, type Person, type World } from '@guildhall/kit/testing/world'
import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type EventRoleName, eventMembershipChanged } from '../contract.ts'
import { eventMemberships } from '../tables.ts'
import { drafted, published, selection } from './support.ts'

let world: World
beforeAll(async () => {
  world = await createWorld(['events', 'participants', 'projects'])
})
afterAll(() => world.close())

interface Granted {
  membership: { id: string; roles: EventRoleName[] }
  userErrors: { code: string }[]
}
const shown = 'membership { id roles }'

const grant = (by: Person, eventId: string, to: Person, ...roles: EventRoleName[]) =>
  by.mutate<Granted>('grantEventRoles', { eventId, userId: to.userId, roles }, shown)

const revoke = (by: Person, membershipId: string, ...roles: EventRoleName[]) =>
  by.mutate<Granted>('revokeEventRoles', { membershipId, roles }, shown)

const title = async (person: Person, id: string) =>
  (
    await person.run<{ event: { title: string } | null }>('query ($id: ID!) { event(id: $id) { title } }', {
      id,
    })
  ).data.event?.title

async function internalEvent() {
  const organization = world.organization()
  const organizer = organization.as('ORGANIZER')
  const event = await published(world, organizer, organization, { visibility: 'ORGANIZATION' })
  return { organization, organizer, event }
}

describe('roles in an event', () => {
  it('make whoever drafts it its owner', async () => {
    const organization = world.organization()
    const organizer = organization.as('ORGANIZER')
    const { id } = await drafted(world, organizer, organization)
    const { data } = await organizer.run(
      'query ($id: ID!) { event(id: $id) { myRoles memberships { totalCount nodes { user { id } roles } } } }',
      { id },
    )
    expect(data).toEqual({
      event: {
        myRoles: ['OWNER'],
        memberships: { totalCount: 1, nodes: [{ user: { id: organizer.userId }, roles: ['OWNER'] }] },
      },
    })
  })

  it('show an internal event to who helps with it, until the roles are taken back', async () => {
    const { organizer, event } = await internalEvent()
    const judge = world.person()
    expect(await title(judge, event.id)).toBeUndefined()
    const { membership } = await grant(organizer, event.id, judge, 'JUDGE', 'MENTOR')
    expect(membership.roles).toEqual(['JUDGE', 'MENTOR'])
    expect(await title(judge, event.id)).toBe('Spring Hack')
    const left = await revoke(organizer, membership.id, 'JUDGE')
    expect(left.membership.roles).toEqual(['MENTOR'])
    await revoke(organizer, membership.id, 'MENTOR')
    expect(await title(judge, event.id)).toBeUndefined()
    const told = (await world.published(eventMembershipChanged)).filter(
      ({ userId }) => userId === judge.userId,
    )
    expect(told.map(({ roles, added, version }) => ({ roles, added, version }))).toEqual([
      { roles: ['JUDGE', 'MENTOR'], added: ['JUDGE', 'MENTOR'], version: 1 },
      { roles: ['MENTOR'], added: [], version: 2 },
      { roles: [], added: [], version: 3 },
    ])
  })

  it('let an organizer from outside run the event, and nothing else of the organization', async () => {
    const { organization, organizer, event } = await internalEvent()
    const other = await drafted(world, organizer, organization)
    const helper = world.person()
    await grant(organizer, event.id, helper, 'ORGANIZER')
    const { userErrors } = await helper.mutate(
      'transitionEvent',
      { id: event.id, to: 'IN_PROGRESS' },
      selection,
    )
    expect(userErrors).toEqual([])
    expect(await title(helper, other.id)).toBeUndefined()
    const draft = { id: other.id, title: 'Mine' }
    const { userErrors: refused } = await helper.mutate<{ userErrors: { code: string }[] }>(
      'updateEvent',
      draft,
      selection,
    )
    expect(refused.map(({ code }) => code)).toEqual(['NOT_FOUND'])
  })

  it('reach the other domains: a reviewer sees who registered, a judge does not', async () => {
    const { organizer, event } = await internalEvent()
    const [reviewer, judge] = [world.person(), world.person()]
    await grant(organizer, event.id, reviewer, 'REVIEWER')
    await grant(organizer, event.id, judge, 'JUDGE')
    await world.settle()
    const seen = async (person: Person) => {
      const found = await person.entity<{ registrations: { totalCount: number } | null }>(
        'participants',
        'Event',
        event.id,
        'registrations { totalCount }',
      )
      return found?.registrations
    }
    expect(await seen(reviewer)).toEqual({ totalCount: 0 })
    expect(await seen(judge)).toBeNull()
  })

  it('are worth nothing to a key that was made for less', async () => {
    const { organizer, event } = await internalEvent()
    const helper = world.person()
    await grant(organizer, event.id, helper, 'ORGANIZER')
    const { caller } = helper
    if (caller.kind !== 'user') throw new Error('a person is a user')
    const narrow = world.personWith({ ...caller, narrowedTo: ['participants:review'] })
    expect(await title(narrow, event.id)).toBeUndefined()
    const meant = world.personWith({ ...caller, narrowedTo: ['events:write'] })
    expect(await title(meant, event.id)).toBe('Spring Hack')
  })

  it('are given by who runs the event; owners and organizers by its owners alone', async () => {
    const { organization, organizer, event } = await internalEvent()
    const [helper, friend] = [world.person(), world.person()]
    const { membership } = await grant(organizer, event.id, helper, 'ORGANIZER')
    expect((await grant(helper, event.id, friend, 'JUDGE')).userErrors).toEqual([])
    const codes = ({ userErrors }: Granted) => userErrors.map(({ code }) => code)
    expect(codes(await grant(helper, event.id, friend, 'ORGANIZER'))).toEqual(['ROLE_ESCALATION'])
    expect(codes(await grant(helper, event.id, helper, 'OWNER'))).toEqual(['ROLE_ESCALATION'])
    expect(codes(await revoke(helper, membership.id, 'ORGANIZER'))).toEqual(['ROLE_ESCALATION'])
    expect(codes(await grant(organizer, event.id, friend))).toEqual(['NO_ROLES'])
    await expect(grant(organization.as('MEMBER'), event.id, friend, 'JUDGE')).rejects.toThrow('FORBIDDEN')
    expect(codes(await grant(world.person(), event.id, friend, 'JUDGE'))).toEqual(['NOT_FOUND'])
    const rows = await world.rows(eventMemberships, eq(eventMemberships.userId, friend.userId))
    expect(rows.map(({ roles, version }) => ({ roles, version }))).toEqual([{ roles: ['JUDGE'], version: 1 }])
  })

  it('lose nothing when seven are given at once', async () => {
    const { organizer, event } = await internalEvent()
    const helper = world.person()
    const roles: EventRoleName[] = [
      'SPONSOR',
      'MENTOR',
      'CHECKIN_STAFF',
      'JUDGE',
      'REVIEWER',
      'ORGANIZER',
      'OWNER',
    ]
    await Promise.all(roles.map((role) => grant(organizer, event.id, helper, role)))
    const rows = await world.rows(eventMemberships, eq(eventMemberships.userId, helper.userId))
    expect(rows.map((row) => [row.roles, row.version])).toEqual([[[...roles].reverse(), 7]])
  })
})
