import { createWorld, type World } from '@guildhall/kit/testing/world'
import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { announcementRecipients } from '../tables.ts'
import { must, problems, toMembers } from './broadcast-support.ts'

let world: World
beforeAll(async () => {
  world = await createWorld(['events', 'participants', 'organizations', 'projects', 'notifications'])
})
afterAll(() => world.close())

it('reaches those who help with an event, by their roles, and no longer who helps no more', async () => {
  const organization = world.organization()
  const owner = organization.as('OWNER')
  const start = world.clock.now().getTime() + 86_400_000
  const { event } = await owner.mutate<{ event: { id: string } }>(
    'createEvent',
    {
      organizationId: organization.id,
      title: 'Spring Hack',
      kind: 'HACKATHON',
      timezone: 'Europe/Zurich',
      startsAt: new Date(start).toISOString(),
      endsAt: new Date(start + 86_400_000).toISOString(),
    },
    'event { id }',
  )
  const grant = async (roles: string[]) => {
    const { userId } = world.person()
    const input = { eventId: event.id, userId, roles }
    const { membership } = await owner.mutate<{ membership: { id: string } }>(
      'grantEventRoles',
      input,
      'membership { id }',
    )
    return { userId, membershipId: membership.id }
  }
  const [judge, mentor, both, former] = [
    await grant(['JUDGE']),
    await grant(['MENTOR']),
    await grant(['JUDGE', 'MENTOR']),
    await grant(['JUDGE']),
  ]
  await owner.mutate(
    'revokeEventRoles',
    { membershipId: former.membershipId, roles: ['JUDGE'] },
    'membership { id }',
  )
  await world.settle()
  const reached = async (group: object) => {
    const { id } = await must(owner, 'sendAnnouncement', {
      eventId: event.id,
      segment: { include: [group] },
      subject: 'Briefing',
      body: 'At nine.',
    })
    const rows = await world.rows(announcementRecipients, eq(announcementRecipients.announcementId, id))
    return rows.map(({ userId }) => userId).sort()
  }
  expect(await reached({ staff: { role: ['JUDGE'] } })).toEqual([judge.userId, both.userId].sort())
  expect(await reached({ staff: { role: ['MENTOR'] } })).toEqual([mentor.userId, both.userId].sort())
  const all = await reached({ staff: {} })
  expect(all).toEqual(expect.arrayContaining([judge.userId, mentor.userId, both.userId]))
  expect(all).not.toContain(former.userId)
  const wrong = toMembers(organization.id, { segment: { include: [{ staff: {} }] } })
  expect(await problems(owner, 'draftAnnouncement', wrong)).toEqual([
    'AUDIENCE_INVALID input.segment.include.0',
  ])
})
