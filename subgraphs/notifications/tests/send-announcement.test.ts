import { newId } from '@guildhall/kit/ids'
import { done } from '@guildhall/kit/outcome'
import type { Peers } from '@guildhall/kit/peers'
import { createWorld, type Person, type TestOrganization, type World } from '@guildhall/kit/testing/world'
import { and, eq, isNotNull } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sendNextPage } from '../announcements/send-pages.ts'
import { sendAnnouncement } from '../commands/send-announcement.ts'
import { announcementCompleted, announcementPageSent, announcementQueued } from '../contract.ts'
import { recipientsMax } from '../domain/announcement-draft.ts'
import { announcementRecipients, announcements, notifications } from '../tables.ts'
import { contextOf, ownContext, times } from './support.ts'

let world: World
beforeAll(async () => {
  world = await createWorld()
})
afterAll(() => world.close())

const text = { subject: 'Doors open at nine', body: 'Bring a laptop.' }
const confirmed = { status: ['CONFIRMED'] }

const send = (person: Person, input: object) =>
  person.mutate<{ announcement: { id: string; status: string; recipientCount: number } | null }>(
    'sendAnnouncement',
    { segment: confirmed, ...text, ...input },
    'announcement { id status recipientCount }',
  )

/** A published event with so many people who have a seat. */
async function eventWith(organization: TestOrganization, count: number, over: object = {}) {
  const organizer = organization.as('ORGANIZER')
  const start = world.clock.now().getTime() + 86_400_000
  const draft = {
    organizationId: organization.id,
    title: 'Spring Hack',
    kind: 'HACKATHON',
    timezone: 'Europe/Zurich',
    startsAt: new Date(start).toISOString(),
    endsAt: new Date(start + 86_400_000).toISOString(),
    ...over,
  }
  const { event } = await organizer.mutate<{ event: { id: string } }>('createEvent', draft, 'event { id }')
  await organizer.mutate('transitionEvent', { id: event.id, to: 'PUBLISHED' }, 'event { id }')
  await world.settle()
  const people = times(count, () => world.person())
  for (const person of people) await register(person, event.id)
  await world.settle()
  return { organizer, eventId: event.id, people }
}

const register = (person: Person, eventId: string) =>
  person.mutate('registerForEvent', { eventId }, 'registration { id }')

const received = (announcementId: string) =>
  world.rows(
    notifications,
    and(
      eq(notifications.type, 'announcement.received'),
      eq(notifications.cause, announcementId),
      isNotNull(notifications.seq),
    ),
  )

const progressOf = async (announcementId: string) => {
  const [row] = await world.rows(announcements, eq(announcements.id, announcementId))
  return row && [row.status, row.recipientCount, row.sentCount, row.suppressedCount]
}

/** Sends to made-up people, as if participants had answered with them. */
async function sendTo(userIds: readonly string[]) {
  const organization = world.organization()
  const ctx = await contextOf(world, organization.as('ORGANIZER'))
  const peers = {
    entity: async () => ({ organization: { id: organization.id } }),
    ask: async (
      _domain: string,
      _query: string,
      { after, first }: { after: string | null; first: number },
    ) => {
      const from = after === null ? 0 : userIds.indexOf(after) + 1
      return { eventAudience: userIds.slice(from, from + first), eventAudienceCount: userIds.length }
    },
  } as unknown as Peers
  const input = { eventId: newId('evt'), segment: { status: ['CONFIRMED' as const] }, ...text }
  return sendAnnouncement({ ...ctx, peers }, input)
}

/** The same, for audiences that are accepted. @returns the announcement's id. */
async function sentTo(userIds: readonly string[]): Promise<string> {
  const outcome = await sendTo(userIds)
  if (!outcome.ok) throw new Error(JSON.stringify(outcome.failures))
  return outcome.value.id
}

describe('sendAnnouncement', () => {
  it('reaches those it was for, but for those who do not want it, and shows how far it is', async () => {
    const organization = world.organization()
    const { organizer, eventId, people } = await eventWith(organization, 4)
    const [silent, ...others] = people
    await silent?.mutate(
      'setNotificationPreference',
      { category: 'ANNOUNCEMENTS', channel: 'IN_APP', isEnabled: false },
      'preference { isEnabled }',
    )
    const preview = await organizer.run(
      'query ($eventId: ID!, $segment: AnnouncementSegmentInput!) { previewAnnouncement(eventId: $eventId, segment: $segment) { recipientCount isTooLarge suppressed { reason count } sample { user { id } } } }',
      { eventId, segment: confirmed },
    )
    expect(preview).toEqual({
      errors: [],
      data: {
        previewAnnouncement: {
          recipientCount: 4,
          isTooLarge: false,
          suppressed: [{ reason: 'PREFERENCE', count: 1 }],
          sample: others
            .map(({ userId }) => ({ user: { id: userId } }))
            .sort((a, b) => (a.user.id < b.user.id ? -1 : 1)),
        },
      },
    })
    const { announcement } = await send(organizer, { eventId })
    expect(announcement).toMatchObject({ status: 'SENDING', recipientCount: 4 })
    await register(world.person(), eventId)
    await world.settle()

    const id = announcement?.id ?? ''
    expect(await progressOf(id)).toEqual(['SENT', 4, 3, 1])
    const inboxes = await received(id)
    expect(inboxes.map((row) => row.recipientId).sort()).toEqual(others.map((person) => person.userId).sort())
    expect(inboxes[0]).toMatchObject({
      title: text.subject,
      body: text.body,
      eventId,
      actorId: organizer.userId,
    })
    expect(await world.published(announcementCompleted)).toMatchObject([
      { announcementId: id, sentCount: 3, suppressedCount: 1 },
    ])
    const list = `announcements { nodes { id status sentCount audience createdBy { id } } totalCount }`
    expect(await organizer.entity('notifications', 'Event', eventId, list)).toEqual({
      announcements: {
        nodes: [
          { id, status: 'SENT', sentCount: 3, audience: ['CONFIRMED'], createdBy: { id: organizer.userId } },
        ],
        totalCount: 1,
      },
    })
    for (const stranger of [organization.as('MEMBER'), world.organization().as('OWNER')]) {
      expect(await stranger.entity('notifications', 'Event', eventId, list)).toEqual({
        announcements: { nodes: [], totalCount: 0 },
      })
      expect(await stranger.entity('notifications', 'Announcement', id, 'status')).toBeNull()
    }
  })

  it('is sent once for one key, and refuses the key for another text', async () => {
    const { organizer, eventId } = await eventWith(world.organization(), 1)
    const input = { eventId, idempotencyKey: 'doors' }
    const first = await send(organizer, input)
    const [again, rival] = await Promise.all([send(organizer, input), send(organizer, input)])
    expect([again, rival]).toEqual([first, first])
    const other = await send(organizer, { ...input, subject: 'Doors open at ten' })
    expect(other.userErrors.map((error) => error.code)).toEqual(['IDEMPOTENCY_KEY_REUSED'])
    expect(await world.rows(announcements, eq(announcements.eventId, eventId))).toHaveLength(1)
  })

  it('refuses what cannot be sent', async () => {
    const organization = world.organization()
    const { organizer, eventId } = await eventWith(organization, 1)
    const hidden = await eventWith(world.organization(), 0, { visibility: 'ORGANIZATION' })
    const problems = async (input: object) =>
      (await send(organizer, input)).userErrors.map(({ code, path }) => `${code} ${path.join('.')}`)
    expect(await problems({ eventId, subject: ' ', body: 'x'.repeat(5_001) })).toEqual([
      'TOO_SHORT input.subject',
      'TOO_LONG input.body',
    ])
    expect(await problems({ eventId, segment: { status: ['WAITLISTED'] } })).toEqual([
      'AUDIENCE_EMPTY input.segment.status',
    ])
    expect(await problems({ eventId, segment: { status: [] } })).toEqual([
      'AUDIENCE_EMPTY input.segment.status',
    ])
    expect(await problems({ eventId: newId('evt') })).toEqual(['NOT_FOUND input.eventId'])
    expect(await problems({ eventId: 'nonsense' })).toEqual(['NOT_FOUND input.eventId'])
    expect(await problems({ eventId: hidden.eventId })).toEqual(['NOT_FOUND input.eventId'])
    expect(await world.rows(announcements, eq(announcements.eventId, eventId))).toEqual([])
  })

  it('is only for those who may send announcements of the event’s organization', async () => {
    const organization = world.organization()
    const { eventId } = await eventWith(organization, 1)
    const queued = (await world.published(announcementQueued)).length
    for (const [person, code] of [
      [world.anonymous, 'UNAUTHENTICATED'],
      [world.person(), 'FORBIDDEN'],
      [organization.as('MEMBER'), 'FORBIDDEN'],
      [world.organization().as('OWNER'), 'FORBIDDEN'],
    ] as const) {
      await expect(send(person, { eventId })).rejects.toThrow(code)
      const preview = await person.run(
        'query ($id: ID!) { previewAnnouncement(eventId: $id, segment: { status: [CONFIRMED] }) { recipientCount } }',
        { id: eventId },
      )
      expect(preview.errors.map((error) => error.code)).toEqual([code])
    }
    expect(await world.rows(announcements, eq(announcements.eventId, eventId))).toEqual([])
    expect(await world.published(announcementQueued)).toHaveLength(queued)
  })

  it('goes page by page, and a page that breaks is done again', async () => {
    const userIds = times(950, () => newId('usr')).sort()
    const before = (await world.published(announcementPageSent)).length
    const id = await sentTo(userIds)
    const ctx = ownContext(world)
    const breaking = ctx.transaction('break', async (tx) => {
      await sendNextPage(tx, ctx, id)
      throw new Error('killed before commit')
    })
    await expect(breaking).rejects.toThrow('killed before commit')
    await world.settle()
    expect(await progressOf(id)).toEqual(['SENT', 950, 950, 0])
    expect((await received(id)).map((row) => row.recipientId).sort()).toEqual(userIds)
    expect(await world.published(announcementPageSent)).toHaveLength(before + 1)
  })

  it('reaches each recipient once, however many processes send it', async () => {
    const userIds = times(450, () => newId('usr'))
    const id = await sentTo(userIds)
    const ctx = ownContext(world)
    const rival = () =>
      ctx.transaction('rival', async (tx) => {
        await sendNextPage(tx, ctx, id)
        return done(null)
      })
    await Promise.all(times(8, rival))
    await world.settle()
    expect(await progressOf(id)).toEqual(['SENT', 450, 450, 0])
    expect(await received(id)).toHaveLength(450)
    const ledger = await world.rows(announcementRecipients, eq(announcementRecipients.announcementId, id))
    expect(new Set(ledger.map((row) => row.status))).toEqual(new Set(['SENT']))
    expect(ledger).toHaveLength(450)
  })

  it('refuses more people than one announcement may reach', async () => {
    const outcome = await sendTo(times(recipientsMax + 1, () => newId('usr')))
    expect(outcome).toMatchObject({
      ok: false,
      failures: [{ __typename: 'AudienceTooLargeError', code: 'AUDIENCE_TOO_LARGE', limit: recipientsMax }],
    })
  })
})
