import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Client } from '../support/client.ts'
import { houses, type RunningHouse } from '../support/houses.ts'
import { newPerson, organizerWithEvent } from '../support/people.ts'

type Id = { id: string }

describe.each(houses)('what people may do, %s', (_, open) => {
  let house: RunningHouse
  let owner: Client
  let member: Client
  let organizationId: string
  let eventId: string
  let teamId: string

  beforeAll(async () => {
    house = await open()
    const made = await organizerWithEvent(house.url)
    owner = made.organizer
    organizationId = made.organizationId
    eventId = made.eventId
    member = await newPerson(house.url, 'Mary', house.databaseUrl)
    const { data } = await member.request<{ me: { email: string } }>('{ me { email } }')
    const { token } = await patiently(() =>
      owner.mutate<{ token: string }>('inviteMember', { organizationId, email: data.me.email }, 'token'),
    )
    await member.mutate('acceptInvitation', { token }, 'member { id }')
  })
  afterAll(() => house?.close())

  const decision = async (objectId: string) =>
    (
      await member.request<{ can: object }>(
        `{ can(permission: "events:write", objectId: "${objectId}") {
             isAllowed via { kind role roleBinding { customRole { name } } team { name } } } }`,
      )
    ).data.can
  const no = { isAllowed: false, via: [] }

  it('grows with a role over one object that their team is given', async () => {
    expect(await decision(eventId)).toEqual(no)
    const { team } = await owner.mutate<{ team: Id }>(
      'createTeam',
      { organizationId, name: 'Crew' },
      'team { id }',
    )
    teamId = team.id
    await owner.mutate(
      'addTeamMember',
      { teamId, userId: member.userId, role: 'LEAD' },
      'teamMember { role }',
    )
    const { customRole } = await owner.mutate<{ customRole: Id }>(
      'createRole',
      { organizationId, name: 'Editor', permissions: ['events:write'] },
      'customRole { id }',
    )
    const grant = { organizationId, teamId, customRoleId: customRole.id, scopeId: eventId }
    await owner.mutate('grantRole', grant, 'roleBinding { id }')
    const step = {
      kind: 'ROLE_BINDING',
      role: null,
      roleBinding: { customRole: { name: 'Editor' } },
      team: { name: 'Crew' },
    }
    await within2Seconds(async () =>
      expect(await decision(eventId)).toEqual({ isAllowed: true, via: [step] }),
    )
    expect(await decision(organizationId)).toEqual(no)
    const update = { id: eventId, title: 'City Hack, edited' }
    expect(await member.mutate('updateEvent', update, 'event { title }')).toMatchObject({
      event: { title: 'City Hack, edited' },
    })
  })

  it('shrinks within two seconds when the team is no more', async () => {
    await owner.mutate('deleteTeam', { id: teamId }, 'removedTeamId')
    await within2Seconds(async () => expect(await decision(eventId)).toEqual(no))
  })
})

async function within2Seconds(check: () => Promise<void>): Promise<void> {
  const deadline = performance.now() + 2_000
  for (;;) {
    try {
      return await check()
    } catch (error) {
      if (performance.now() > deadline) throw error
      await pause(50)
    }
  }
}

/** What one domain has just written reaches the router some milliseconds later. */
async function patiently<T>(attempt: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await attempt()
    } catch (error) {
      if (tries === 20) throw error
      await pause(50)
    }
  }
}
