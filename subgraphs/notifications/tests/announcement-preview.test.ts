import { newId } from '@guildhall/kit/ids'
import { createWorld, type Person, type World } from '@guildhall/kit/testing/world'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { suppress } from '../deliveries/suppressions.ts'
import { members } from '../tables.ts'
import { eventWithPeople } from './audience-support.ts'
import { must } from './broadcast-support.ts'
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

describe('previewAnnouncement', () => {
  it('counts who would get it and why others would not', async () => {
    const { organizer, organizationId, eventId, guests } = await eventWithPeople(world)
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
