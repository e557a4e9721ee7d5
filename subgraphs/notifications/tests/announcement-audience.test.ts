import { newId } from '@guildhall/kit/ids'
import { createWorld, type Person, type World } from '@guildhall/kit/testing/world'
import { and, eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { suppress } from '../deliveries/suppressions.ts'
import { recipientsMax } from '../domain/announcement-draft.ts'
import { announcementRecipients, announcements, members } from '../tables.ts'
import { must, populate, problems, rowOf, tallyOf, toMembers } from './broadcast-support.ts'
import { type Addressed, addressed } from './delivery-support.ts'
import { ownContext, times } from './support.ts'

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

/** An event with people who have a seat, of whom two make a project, and a team of the organization with two members. */
async function house() {
  const owner = world.person()
  const { organization } = await owner.mutate<{ organization: { id: string } }>(
    'createOrganization',
    { name: 'Open City Lab', kind: 'INNOVATION' },
    'organization { id }',
  )
  const permissions = world.organization().as('OWNER').caller
  const grants = permissions.kind === 'user' ? Object.values(permissions.grants) : []
  const organizer = world.personWith({ ...owner.caller, grants: { [organization.id]: grants[0] } } as never)
  const start = world.clock.now().getTime() + 86_400_000
  const { event } = await organizer.mutate<{ event: { id: string } }>(
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
  await organizer.mutate('transitionEvent', { id: event.id, to: 'PUBLISHED' }, 'event { id }')
  await world.settle()
  const guests = times(4, () => world.person())
  for (const guest of guests)
    await guest.mutate('registerForEvent', { eventId: event.id }, 'registration { id }')
  await world.settle()
  const [maker, friend] = guests as [Person, Person]
  const { project } = await maker.mutate<{ project: { id: string } }>(
    'createProject',
    { eventId: event.id, title: 'Quiet Streets', summary: 'A map.' },
    'project { id }',
  )
  await maker.mutate('addProjectMember', { projectId: project.id, userId: friend.userId }, 'project { id }')
  const { team } = await organizer.mutate<{ team: { id: string } }>(
    'createTeam',
    { organizationId: organization.id, name: 'Jury' },
    'team { id }',
  )
  await organizer.mutate('addTeamMember', { teamId: team.id, userId: owner.userId }, 'teamMember { role }')
  await world.settle()
  return {
    organizer,
    organizationId: organization.id,
    eventId: event.id,
    projectId: project.id,
    teamId: team.id,
    guests,
  }
}

const recipientsOf = async (id: string) =>
  (await world.rows(announcementRecipients, eq(announcementRecipients.announcementId, id)))
    .map((row) => row.userId)
    .sort()

describe('the audience of an announcement', () => {
  it('is put together from registrations, members, teams and projects', async () => {
    const { organizer, organizationId, eventId, projectId, teamId, guests } = await house()
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

describe('previewAnnouncement', () => {
  it('counts who would get it and why others would not', async () => {
    const { organizer, organizationId, eventId, guests } = await house()
    const [silent, ...others] = guests
    await silent?.mutate(
      'setNotificationPreference',
      { category: 'ANNOUNCEMENTS', channel: 'IN_APP', isEnabled: false },
      'preference { isEnabled }',
    )
    const segment = { status: ['CONFIRMED'] }
    const expected = {
      recipientCount: 4,
      isExact: true,
      isTooLarge: false,
      suppressed: [{ reason: 'PREFERENCE', count: 1 }],
      sample: others
        .map(({ userId }) => ({ status: null, user: { id: userId } }))
        .sort((a, b) => (a.user.id < b.user.id ? -1 : 1)),
    }
    expect(await previewOf(organizer, { eventId, segment })).toEqual(expected)
    const draft = await must(organizer, 'draftAnnouncement', {
      eventId,
      segment,
      subject: 'News',
      body: 'Some.',
    })
    const own = 'preview { recipientCount suppressed { reason count } }'
    expect(await organizer.entity('notifications', 'Announcement', draft.id, own)).toEqual({
      preview: { recipientCount: 4, suppressed: expected.suppressed },
    })
    await must(organizer, 'startAnnouncement', { id: draft.id })
    expect(await organizer.entity('notifications', 'Announcement', draft.id, own)).toEqual({ preview: null })
    expect(await previewOf(organizer, { organizationId, segment: { include: [] } })).toMatchObject({
      recipientCount: 0,
    })
    expect(await previewOf(organizer, { segment })).toBe('BAD_USER_INPUT')
    expect(await previewOf(organizer, { organizationId, segment })).toBe('BAD_USER_INPUT')
    expect(await previewOf(organizer, { eventId: newId('evt'), segment })).toBeNull()
  })

  it('counts by channel, and for mail the addresses that cannot be written to', async () => {
    const organization = world.organization()
    const organizationId = organization.id
    const organizer = organization.as('ORGANIZER')
    const ctx = ownContext(world)
    const people = await Promise.all(times(6, () => addressed(world)))
    const [plain, silent, mailless, bouncing, complaining] = people as [
      Addressed,
      Addressed,
      Addressed,
      Addressed,
      Addressed,
    ]
    const unverified = await addressed(world, { isVerified: false })
    await world.host.database.db
      .insert(members)
      .values([...people, unverified].map(({ userId }) => ({ organizationId, userId, role: 'MEMBER' })))
    const turnOff = (person: Person, channel: string) =>
      person.mutate(
        'setNotificationPreference',
        { category: 'ANNOUNCEMENTS', channel, isEnabled: false },
        'preference { isEnabled }',
      )
    await turnOff(silent, 'IN_APP')
    await turnOff(silent, 'EMAIL')
    await turnOff(mailless, 'EMAIL')
    await suppress(ctx, ` ${bouncing.email.toUpperCase()}`, 'BOUNCE')
    await suppress(ctx, complaining.email, 'COMPLAINT')
    await suppress(ctx, 'nobody@example.org', 'BOUNCE')

    const ask = async (channels: string[] | null) => {
      const { data } = await organizer.run<{ previewAnnouncement: Counted }>(
        'query ($id: ID, $channels: [NotificationChannel!]) { previewAnnouncement(organizationId: $id, segment: { include: [{ members: { role: ["MEMBER"] } }] }, channels: $channels) { recipientCount suppressed { channel reason count } sample { user { id } } } }',
        { id: organizationId, channels },
      )
      const { recipientCount, suppressed, sample } = data.previewAnnouncement
      const lines = suppressed.map(({ channel, reason, count }) => `${channel} ${reason} ${count}`).sort()
      return { recipientCount, lines, sample: sample.map(({ user }) => user.id) }
    }
    const byMail = ['EMAIL ADDRESS_SUPPRESSED 2', 'EMAIL NO_ADDRESS 1', 'EMAIL PREFERENCE 2']
    const inApp = ['IN_APP PREFERENCE 1']
    expect(await ask(null)).toMatchObject({ recipientCount: 7, lines: inApp })
    expect((await ask(['EMAIL', 'IN_APP', 'EMAIL'])).lines).toEqual([...byMail, ...inApp])
    const mailed = await ask(['EMAIL'])
    expect(mailed).toMatchObject({ recipientCount: 7, lines: byMail })
    expect(mailed.sample).toEqual([plain, people[5]].map((person) => person?.userId ?? '').sort())
    const draft = await must(organizer, 'draftAnnouncement', {
      organizationId,
      segment: { include: [{ members: { role: ['MEMBER'] } }] },
      subject: 'News',
      body: 'Some.',
      channels: ['EMAIL'],
    })
    const own = await organizer.entity<{ preview: Counted }>(
      'notifications',
      'Announcement',
      draft.id,
      'preview { suppressed { channel reason count } }',
    )
    expect(own?.preview.suppressed).toContainEqual({
      channel: 'EMAIL',
      reason: 'ADDRESS_SUPPRESSED',
      count: 2,
    })
  })
})

interface Counted {
  recipientCount: number
  suppressed: { channel: string; reason: string; count: number }[]
  sample: { user: { id: string } }[]
}
