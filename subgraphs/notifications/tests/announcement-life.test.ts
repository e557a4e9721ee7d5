import { newId } from '@guildhall/kit/ids'
import { createWorld, type World } from '@guildhall/kit/testing/world'
import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { announcementMoved } from '../contract.ts'
import { announcements, announcementTransitions } from '../tables.ts'
import { act, must, populate, problems, rowOf, tallyOf, toMembers } from './broadcast-support.ts'

let world: World
beforeAll(async () => {
  world = await createWorld()
})
afterAll(() => world.close())

const inHours = (hours: number) => new Date(world.clock.now().getTime() + hours * 3_600_000)

async function drafted(count = 3, more: object = {}) {
  const organization = world.organization()
  const organizer = organization.as('ORGANIZER')
  await populate(world, organization.id, count)
  return {
    organization,
    organizer,
    draft: await must(organizer, 'draftAnnouncement', toMembers(organization.id, more)),
  }
}

const stepsOf = async (id: string) =>
  (await world.rows(announcementTransitions, eq(announcementTransitions.announcementId, id)))
    .sort((a, b) => a.at.getTime() - b.at.getTime() || (a.id < b.id ? -1 : 1))
    .map(({ from, to, actorId }) => [from, to, actorId])

describe('an announcement', () => {
  it('is written, changed, scheduled, put off, and sent when its time has come', async () => {
    const { organizer, draft } = await drafted()
    expect(draft).toMatchObject({
      status: 'DRAFT',
      version: 1,
      recipientCount: 0,
      nextStatuses: ['SCHEDULED', 'PREPARING', 'CANCELLED'],
    })
    const { id } = draft
    const changed = await must(organizer, 'updateAnnouncement', {
      id,
      subject: ' The roof ',
      expectedVersion: 1,
    })
    expect(changed.version).toBe(2)
    await must(organizer, 'scheduleAnnouncement', { id, at: inHours(1) })
    const later = await must(organizer, 'scheduleAnnouncement', { id, at: inHours(2), expectedVersion: 3 })
    expect(later).toMatchObject({ status: 'SCHEDULED', version: 4, scheduledAt: inHours(2).toISOString() })
    world.clock.advance(3_600_000)
    await world.settle()
    expect((await rowOf(world, id)).status).toBe('SCHEDULED')
    world.clock.advance(3_600_000)
    await world.settle()
    expect(await tallyOf(world, id)).toEqual({
      status: 'SENT',
      counts: [3, 3, 0, 0],
      ledger: [3, 3, 0, 0],
      inboxes: 3,
      people: 3,
    })
    expect(await rowOf(world, id)).toMatchObject({ subject: 'The roof', body: 'We **mend the roof**.' })
    const by = organizer.userId
    expect(await stepsOf(id)).toEqual([
      ['DRAFT', 'SCHEDULED', by],
      ['SCHEDULED', 'SCHEDULED', by],
      ['SCHEDULED', 'PREPARING', null],
      ['PREPARING', 'SENDING', null],
      ['SENDING', 'SENT', null],
    ])
    const moved = (await world.published(announcementMoved)).filter(
      ({ announcementId }) => announcementId === id,
    )
    expect(moved.map(({ to, actorId }) => [to, actorId])).toEqual(
      (await stepsOf(id)).map(([, to, actorId]) => [to, actorId]),
    )
    const page = await organizer.entity(
      'notifications',
      'Announcement',
      id,
      'nextStatuses history { from to actor { id } } recipients(first: 2) { nodes { status reason } totalCount }',
    )
    expect(page).toMatchObject({
      nextStatuses: [],
      recipients: { nodes: [{ status: 'SENT', reason: null }, { status: 'SENT' }], totalCount: 3 },
    })
    expect(page).toHaveProperty('history.4', { from: 'DRAFT', to: 'SCHEDULED', actor: { id: by } })
  })

  it('is changed no more once it has begun, and moved only where its life allows', async () => {
    const { organizer, draft } = await drafted()
    const { id } = draft
    expect(await problems(organizer, 'pauseAnnouncement', { id })).toEqual([
      'INVALID_STATE_TRANSITION input.id',
    ])
    expect(await problems(organizer, 'resumeAnnouncement', { id })).toEqual([
      'INVALID_STATE_TRANSITION input.id',
    ])
    expect(await problems(organizer, 'retryAnnouncement', { id })).toEqual([
      'INVALID_STATE_TRANSITION input.id',
    ])
    const input = { id, idempotencyKey: 'now' }
    const started = await must(organizer, 'startAnnouncement', input)
    expect(started).toMatchObject({ status: 'SENDING', recipientCount: 3, pendingCount: 3 })
    await world.settle()
    // The same key means the same call, also when there is nothing to begin any more.
    expect((await must(organizer, 'startAnnouncement', input)).id).toBe(id)
    expect(await problems(organizer, 'startAnnouncement', { id })).toEqual([
      'BROADCAST_NOT_EDITABLE input.id',
    ])
    expect(await problems(organizer, 'updateAnnouncement', { id, subject: 'Later' })).toEqual([
      'BROADCAST_NOT_EDITABLE input.id',
    ])
    for (const mutation of [
      'pauseAnnouncement',
      'resumeAnnouncement',
      'cancelAnnouncement',
      'retryAnnouncement',
    ]) {
      expect(await problems(organizer, mutation, { id })).toEqual(['INVALID_STATE_TRANSITION input.id'])
    }
    expect(await problems(organizer, 'scheduleAnnouncement', { id, at: inHours(1) })).toEqual([
      'INVALID_STATE_TRANSITION input.id',
    ])
    expect(await tallyOf(world, id)).toMatchObject({ status: 'SENT', inboxes: 3 })
  })

  it('goes to nobody when it is cancelled before', async () => {
    const { organizer, draft } = await drafted()
    await must(organizer, 'scheduleAnnouncement', { id: draft.id, at: inHours(1) })
    const cancelled = await must(organizer, 'cancelAnnouncement', { id: draft.id })
    expect(cancelled).toMatchObject({ status: 'CANCELLED', nextStatuses: [] })
    world.clock.advance(2 * 3_600_000)
    await world.settle()
    expect(await tallyOf(world, draft.id)).toMatchObject({
      status: 'CANCELLED',
      ledger: [0, 0, 0, 0],
      inboxes: 0,
    })
  })

  it('is begun once, however many begin it', async () => {
    const { organizer, draft } = await drafted()
    const replies = await Promise.all(
      Array.from({ length: 8 }, () => act(organizer, 'startAnnouncement', { id: draft.id })),
    )
    await world.settle()
    expect(replies.filter(({ announcement }) => announcement !== null)).toHaveLength(1)
    const codes = new Set(replies.flatMap(({ userErrors }) => userErrors.map(({ code }) => code)))
    expect(
      [...codes].filter((code) => code !== 'VERSION_CONFLICT' && code !== 'BROADCAST_NOT_EDITABLE'),
    ).toEqual([])
    expect(await tallyOf(world, draft.id)).toMatchObject({ status: 'SENT', inboxes: 3, people: 3 })
  })

  it('refuses what it cannot be', async () => {
    const { organization, organizer, draft } = await drafted()
    const of = (more: object) => problems(organizer, 'draftAnnouncement', toMembers(organization.id, more))
    expect(await of({ subject: '', body: 'x'.repeat(5_001), ratePerMinute: 0 })).toEqual([
      'TOO_SHORT input.subject',
      'TOO_LONG input.body',
      'INVALID_VALUE input.ratePerMinute',
    ])
    expect(await of({ organizationId: undefined })).toEqual(['INVALID_VALUE input'])
    expect(await of({ eventId: newId('evt') })).toEqual(['INVALID_VALUE input'])
    expect(await of({ organizationId: 'nonsense' })).toEqual(['NOT_FOUND input.organizationId'])
    expect(await of({ segment: {} })).toEqual(['AUDIENCE_EMPTY input.segment'])
    expect(await of({ segment: { include: [{}, { members: {}, team: { teamId: newId('tem') } }] } })).toEqual(
      ['AUDIENCE_INVALID input.segment.include.0', 'AUDIENCE_INVALID input.segment.include.1'],
    )
    expect(await of({ segment: { status: ['CONFIRMED'], exclude: [{ team: { teamId: 'x' } }] } })).toEqual([
      'AUDIENCE_INVALID input.segment.status',
      'AUDIENCE_INVALID input.segment.exclude.0',
    ])
    const many = Array.from({ length: 11 }, () => ({ members: {} }))
    expect(await of({ segment: { include: many } })).toEqual(['AUDIENCE_INVALID input.segment'])
    const { id } = draft
    const at = (when: Date) => problems(organizer, 'scheduleAnnouncement', { id, at: when })
    expect(await at(world.clock.now())).toEqual(['SCHEDULE_IN_PAST input.at'])
    expect(await at(inHours(24 * 400))).toEqual(['INVALID_VALUE input.at'])
    expect(await problems(organizer, 'updateAnnouncement', { id, subject: 'x', expectedVersion: 7 })).toEqual(
      ['VERSION_CONFLICT input.expectedVersion'],
    )
    expect(await problems(organizer, 'startAnnouncement', { id: newId('ann') })).toEqual([
      'NOT_FOUND input.id',
    ])
    const nobody = { segment: { include: [{ members: { role: ['OWNER'] } }] } }
    await must(organizer, 'updateAnnouncement', { id, ...nobody })
    expect(await problems(organizer, 'startAnnouncement', { id })).toEqual(['AUDIENCE_EMPTY input.id'])
    expect(await rowOf(world, id)).toMatchObject({ status: 'DRAFT', version: 2 })
  })

  it('is nobody else’s', async () => {
    const { organization, draft } = await drafted()
    const before = await rowOf(world, draft.id)
    const stranger = world.organization().as('OWNER')
    for (const mutation of [
      'startAnnouncement',
      'cancelAnnouncement',
      'pauseAnnouncement',
      'updateAnnouncement',
    ]) {
      expect(await problems(stranger, mutation, { id: draft.id })).toEqual(['NOT_FOUND input.id'])
    }
    await expect(act(stranger, 'draftAnnouncement', toMembers(organization.id))).rejects.toThrow('FORBIDDEN')
    await expect(act(organization.as('MEMBER'), 'startAnnouncement', { id: draft.id })).rejects.toThrow(
      'FORBIDDEN',
    )
    expect(await rowOf(world, draft.id)).toEqual(before)
    expect(await world.rows(announcements, eq(announcements.organizationId, organization.id))).toHaveLength(1)
  })
})
