import { newId } from '@guildhall/kit/ids'
import { createWorld, type World } from '@guildhall/kit/testing/world'
import type { SubgraphUpstream } from '@guildhall/kit/upstream'
import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { announcementCompleted, announcementMoved } from '../contract.ts'
import { preparationAttemptsMax, retryAt } from '../domain/announcement-pace.ts'
import { announcements } from '../tables.ts'
import { must, populate, problems, rowOf, tallyOf, toMembers } from './broadcast-support.ts'
import { times } from './support.ts'

type Answer = () => Promise<string[]>
const nobody: Answer = async () => []
const away: Answer = async () => {
  throw new Error('organizations is away')
}

let world: World
/** What organizations says when it is asked for the people of a team. */
let team: Answer = nobody
beforeAll(async () => {
  world = await createWorld()
  const upstreams = world.host.upstreams as Record<string, SubgraphUpstream>
  const { organizations } = upstreams
  if (!organizations) throw new Error('organizations does not run here')
  upstreams.organizations = {
    ...organizations,
    execute: async (request) =>
      request.query.includes('teamAudience')
        ? { data: { teamAudience: await team() } }
        : organizations.execute(request),
  }
})
afterAll(() => world.close())

/** An announcement to members and a team whose time comes in a second. */
async function scheduled(count: number) {
  const organization = world.organization()
  const organizer = organization.as('ORGANIZER')
  await populate(world, organization.id, count)
  const segment = { include: [{ members: {} }, { team: { teamId: newId('tem') } }] }
  const { id } = await must(organizer, 'draftAnnouncement', toMembers(organization.id, { segment }))
  const at = new Date(world.clock.now().getTime() + 1_000)
  await must(organizer, 'scheduleAnnouncement', { id, at })
  return { id, organizer }
}

const pass = async (ms: number) => {
  world.clock.advance(ms)
  await world.settle()
}

/** A first page of the audience is in the ledger; the next one cannot be read. */
async function halfRead() {
  const begun = await scheduled(5_100)
  let asked = 0
  team = () => (asked++ === 0 ? nobody() : away())
  await pass(1_000)
  expect(await rowOf(world, begun.id)).toMatchObject({ status: 'PREPARING', recipientCount: 5_000 })
  return begun
}

/** A page of the audience that is being read until `answer` is called. */
async function whileReading() {
  const begun = await scheduled(2)
  const { promise: isAsked, resolve: asked } = Promise.withResolvers<void>()
  const { promise, resolve: answer } = Promise.withResolvers<string[]>()
  team = () => {
    asked()
    return promise
  }
  world.clock.advance(1_000)
  const settled = world.settle()
  await isAsked
  return {
    ...begun,
    answer: async () => {
      answer([])
      await settled
      await world.settle()
    },
  }
}

describe('an announcement whose audience is being read', () => {
  it('is halted, and goes on where it stopped', async () => {
    const { id, organizer } = await halfRead()
    const paused = await must(organizer, 'pauseAnnouncement', { id })
    expect(paused).toMatchObject({ status: 'PAUSED', nextStatuses: ['PREPARING', 'CANCELLED'] })
    team = nobody
    await pass(3_600_000)
    const nothing = { counts: [5_000, 0, 0, 0], ledger: [5_000, 0, 0, 0], inboxes: 0 }
    expect(await tallyOf(world, id)).toMatchObject({ status: 'PAUSED', ...nothing })
    expect(await must(organizer, 'resumeAnnouncement', { id })).toMatchObject({ status: 'PREPARING' })
    await world.settle()
    const all = { counts: [5_100, 5_100, 0, 0], ledger: [5_100, 5_100, 0, 0], inboxes: 5_100, people: 5_100 }
    expect(await tallyOf(world, id)).toEqual({ status: 'SENT', ...all })
  }, 60_000)

  it('is cancelled, and nobody gets it', async () => {
    const { id, organizer } = await halfRead()
    const cancelled = await must(organizer, 'cancelAnnouncement', { id })
    expect(cancelled).toMatchObject({ status: 'CANCELLED', pendingCount: 5_000, nextStatuses: [] })
    team = nobody
    await pass(3_600_000)
    expect(await tallyOf(world, id)).toEqual({
      status: 'CANCELLED',
      counts: [5_000, 0, 0, 0],
      ledger: [5_000, 0, 0, 0],
      inboxes: 0,
      people: 0,
    })
    expect(await problems(organizer, 'resumeAnnouncement', { id })).toEqual([
      'INVALID_STATE_TRANSITION input.id',
    ])
  }, 60_000)

  it('does not keep the page at hand when it is halted, and reads it again', async () => {
    const { id, organizer, answer } = await whileReading()
    await must(organizer, 'pauseAnnouncement', { id })
    await answer()
    expect(await tallyOf(world, id)).toMatchObject({ status: 'PAUSED', ledger: [0, 0, 0, 0] })
    await must(organizer, 'resumeAnnouncement', { id })
    await world.settle()
    expect(await tallyOf(world, id)).toMatchObject({ status: 'SENT', counts: [2, 2, 0, 0], people: 2 })
  })

  it('does not keep the page at hand when it is cancelled', async () => {
    const { id, organizer, answer } = await whileReading()
    await must(organizer, 'cancelAnnouncement', { id })
    await answer()
    await pass(60_000)
    expect(await tallyOf(world, id)).toMatchObject({ status: 'CANCELLED', ledger: [0, 0, 0, 0], inboxes: 0 })
  })

  it('fails when that was not possible for an hour, and can be tried again', async () => {
    const { id, organizer } = await scheduled(3)
    const movedTo = async () =>
      (await world.published(announcementMoved))
        .filter(({ announcementId }) => announcementId === id)
        .map(({ to }) => to)
    team = away
    await pass(1_000)
    const now = world.clock.now()
    const pauses = times(preparationAttemptsMax - 1, (i) => retryAt(i + 1, now).getTime() - now.getTime())
    expect(pauses.reduce((sum, pause) => sum + pause, 0)).toBe(3_602_000)
    // As if most of the hour had passed.
    const attempts = preparationAttemptsMax - 3
    await world.host.database.db.update(announcements).set({ attempts }).where(eq(announcements.id, id))
    let asked = 0
    team = () => {
      asked += 1
      return away()
    }
    for (let row = await rowOf(world, id); row.nextStepAt; row = await rowOf(world, id)) {
      expect(row).toMatchObject({ status: 'PREPARING', failure: null })
      await pass(row.nextStepAt.getTime() - world.clock.now().getTime())
    }
    expect(asked).toBe(3)
    const failed = await organizer.entity('notifications', 'Announcement', id, 'status failure nextStatuses')
    const nextStatuses = ['PREPARING', 'CANCELLED']
    expect(failed).toEqual({ status: 'FAILED', failure: 'AUDIENCE_UNAVAILABLE', nextStatuses })
    expect(await movedTo()).toEqual(['SCHEDULED', 'PREPARING', 'FAILED'])
    expect(await tallyOf(world, id)).toMatchObject({ ledger: [0, 0, 0, 0], inboxes: 0 })
    team = nobody
    await must(organizer, 'retryAnnouncement', { id })
    await world.settle()
    expect(await rowOf(world, id)).toMatchObject({ status: 'SENT', failure: null })
    expect(await tallyOf(world, id)).toMatchObject({ counts: [3, 3, 0, 0], people: 3 })
  }, 60_000)
})

describe('an announcement that nobody can be given', () => {
  it('fails, and is tried again or ended', async () => {
    const { sql } = world.host.database
    team = nobody
    const [retried, ended] = [await scheduled(2), await scheduled(2)]
    await sql.unsafe(`
      create function notifications.refuse_all() returns trigger language plpgsql as $$ begin
        raise exception 'refused';
      end $$;
      create trigger refuse_all before insert on notifications.notification for each row
        when (new.cause in ('${retried.id}', '${ended.id}')) execute function notifications.refuse_all()`)
    await pass(1_000)
    for (const { id } of [retried, ended]) {
      for (let row = await rowOf(world, id); row.nextStepAt; row = await rowOf(world, id)) {
        await pass(row.nextStepAt.getTime() - world.clock.now().getTime())
      }
      const failed = { status: 'FAILED', failure: 'NOBODY_REACHED' }
      expect(await rowOf(world, id)).toMatchObject(failed)
      expect(await tallyOf(world, id)).toMatchObject({
        counts: [2, 0, 0, 2],
        ledger: [2, 0, 0, 2],
        inboxes: 0,
      })
    }
    await sql.unsafe('drop trigger refuse_all on notifications.notification')
    expect(await must(retried.organizer, 'retryAnnouncement', { id: retried.id })).toMatchObject({
      status: 'SENDING',
      failure: null,
      pendingCount: 2,
    })
    const cancelled = await must(ended.organizer, 'cancelAnnouncement', { id: ended.id })
    expect(cancelled).toMatchObject({ status: 'CANCELLED', nextStatuses: [] })
    await pass(60_000)
    expect(await tallyOf(world, retried.id)).toMatchObject({
      status: 'SENT',
      counts: [2, 2, 0, 0],
      people: 2,
    })
    expect(await tallyOf(world, ended.id)).toMatchObject({ status: 'CANCELLED', inboxes: 0 })
    const completed = (await world.published(announcementCompleted)).filter(
      ({ announcementId }) => announcementId === retried.id || announcementId === ended.id,
    )
    expect(completed.map(({ sentCount, failedCount }) => [sentCount, failedCount])).toEqual([
      [0, 2],
      [0, 2],
      [2, 0],
    ])
  }, 60_000)
})
