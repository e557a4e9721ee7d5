import { newId } from '@guildhall/kit/ids'
import { createWorld, type Person, type World } from '@guildhall/kit/testing/world'
import { and, eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { recipientsMax } from '../domain/announcement-draft.ts'
import { announcementRecipients, announcements, members } from '../tables.ts'
import { eventWithPeople } from './audience-support.ts'
import { must, populate, problems, rowOf, tallyOf, toMembers } from './broadcast-support.ts'

let world: World
beforeAll(async () => {
  world = await createWorld()
})
afterAll(() => world.close())

const previewOf = async (person: Person, args: object) => {
  const { data, errors } = await person.run<{ previewAnnouncement: object | null }>(
    'query ($eventId: ID, $organizationId: ID, $segment: AnnouncementSegmentInput!) { previewAnnouncement(eventId: $eventId, organizationId: $organizationId, segment: $segment) { recipientCount isExact isTooLarge suppressed { reason count } sample { status user { id } } } }',
    args,
  )
  return errors[0]?.code ?? data.previewAnnouncement
}

const recipientsOf = async (id: string) =>
  (await world.rows(announcementRecipients, eq(announcementRecipients.announcementId, id)))
    .map((row) => row.userId)
    .sort()

describe('the audience of an announcement', () => {
  it('is put together from registrations, members, teams and projects', async () => {
    const { organizer, organizationId, eventId, projectId, teamId, guests } = await eventWithPeople(world)
    const [maker, friend, alone, late] = guests.map(({ userId }) => userId)
    const sentTo = async (place: object, segment: object) => {
      const input = { ...place, segment, subject: 'News', body: 'Some.' }
      return recipientsOf((await must(organizer, 'sendAnnouncement', input)).id)
    }
    const seated = { registrations: { status: ['CONFIRMED'] } }
    const inEvent = { eventId }
    expect(await sentTo(inEvent, { include: [seated] })).toEqual([maker, friend, alone, late].sort())
    expect(await sentTo(inEvent, { include: [seated], exclude: [{ projects: {} }] })).toEqual(
      [alone, late].sort(),
    )
    expect(await sentTo(inEvent, { include: [{ projects: { projectId } }] })).toEqual([maker, friend].sort())
    expect(
      await sentTo(inEvent, { include: [{ projects: { status: ['DRAFT'] } }, { team: { teamId } }] }),
    ).toEqual([maker, friend, organizer.userId].sort())
    expect(await sentTo({ organizationId }, { include: [{ team: { teamId } }] })).toEqual([organizer.userId])
    expect(await sentTo({ organizationId }, { include: [{ members: { role: ['OWNER'] } }] })).toEqual([
      organizer.userId,
    ])
    const other = { subject: 'News', body: 'Some.', organizationId }
    for (const [kind, value] of [
      ['team', { teamId: newId('tem') }],
      ['projects', { projectId: newId('prj') }],
      ['projects', { status: ['WINNER'] }],
      ['members', { role: [] }],
    ] as const) {
      const segment = { include: [{ [kind]: value }] }
      expect(await problems(organizer, 'sendAnnouncement', { ...other, segment })).toEqual([
        'AUDIENCE_EMPTY input.segment',
      ])
    }
    // A team of one organization cannot be reached in the name of another.
    const elsewhere = world.organization()
    expect(
      await problems(elsewhere.as('OWNER'), 'sendAnnouncement', {
        ...other,
        organizationId: elsewhere.id,
        segment: { include: [{ team: { teamId } }, { projects: { projectId } }] },
      }),
    ).toEqual(['AUDIENCE_EMPTY input.segment'])
  })

  it('is read in the background when it is large, and fixed before the first gets it', async () => {
    const organization = world.organization()
    const organizer = organization.as('ADMIN')
    await populate(world, organization.id, 6_500)
    await populate(world, organization.id, 10, 'GUEST')
    const segment = { include: [{ members: {} }], exclude: [{ members: { role: ['GUEST'] } }] }
    const sent = await must(organizer, 'sendAnnouncement', toMembers(organization.id, { segment }))
    expect(sent).toMatchObject({ status: 'PREPARING', nextStatuses: ['PAUSED', 'CANCELLED'] })
    expect(sent.recipientCount).toBeGreaterThan(900)
    expect(sent.recipientCount).toBeLessThan(6_500)
    await world.settle()
    const wanted = await world.rows(
      members,
      and(eq(members.organizationId, organization.id), eq(members.role, 'MEMBER')),
    )
    expect(await recipientsOf(sent.id)).toEqual(wanted.map((row) => row.userId).sort())
    expect(await tallyOf(world, sent.id)).toMatchObject({ status: 'SENT', inboxes: 6_500, people: 6_500 })
  }, 60_000)

  it('fails when it has become empty, and can be tried again', async () => {
    const organization = world.organization()
    const organizer = organization.as('ORGANIZER')
    const draft = await must(organizer, 'draftAnnouncement', toMembers(organization.id))
    await must(organizer, 'scheduleAnnouncement', {
      id: draft.id,
      at: new Date(world.clock.now().getTime() + 1_000),
    })
    world.clock.advance(1_000)
    await world.settle()
    expect(await rowOf(world, draft.id)).toMatchObject({ status: 'FAILED', failure: 'AUDIENCE_EMPTY' })
    await populate(world, organization.id, 2)
    await must(organizer, 'retryAnnouncement', { id: draft.id })
    await world.settle()
    expect(await tallyOf(world, draft.id)).toMatchObject({ status: 'SENT', inboxes: 2 })
  })

  it('is previewed at a bounded cost', async () => {
    const organization = world.organization()
    await populate(world, organization.id, 21_000)
    const args = { organizationId: organization.id, segment: { include: [{ members: {} }] } }
    expect(await previewOf(organization.as('ORGANIZER'), args)).toMatchObject({
      recipientCount: 20_000,
      isExact: false,
      isTooLarge: false,
      suppressed: [],
    })
  }, 30_000)

  it('has an end, which groups that overlap show only while they are read', async () => {
    const organization = world.organization()
    const organizer = organization.as('ORGANIZER')
    await populate(world, organization.id, 1_100)
    const { id } = await must(organizer, 'draftAnnouncement', toMembers(organization.id))
    const at = new Date(world.clock.now().getTime() + 1_000)
    await must(organizer, 'scheduleAnnouncement', { id, at })
    // As if so many had been read before.
    const read = { recipientCount: recipientsMax - 10 }
    await world.host.database.db.update(announcements).set(read).where(eq(announcements.id, id))
    world.clock.advance(1_000)
    await world.settle()
    const failed = { status: 'FAILED', failure: 'AUDIENCE_TOO_LARGE', sentCount: 0 }
    expect(await rowOf(world, id)).toMatchObject(failed)
  })
})
