import { uuidOf } from '@guildhall/kit/ids'
import { createWorld, type World } from '@guildhall/kit/testing/world'
import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { members } from '../tables.ts'
import { must, populate, rowOf, tallyOf, toMembers } from './broadcast-support.ts'

let world: World
beforeAll(async () => {
  world = await createWorld()
})
afterAll(() => world.close())

async function sentAtOneASecond(count: number) {
  const organization = world.organization()
  const organizer = organization.as('ORGANIZER')
  await populate(world, organization.id, count)
  const input = toMembers(organization.id, { ratePerMinute: 60 })
  const { id } = await must(organizer, 'draftAnnouncement', input)
  const dealtWithAfter = async (ms: number) => {
    world.clock.advance(ms)
    await world.settle()
    const { sentCount, failedCount } = await rowOf(world, id)
    return sentCount + failedCount
  }
  return { id, organizer, organizationId: organization.id, dealtWithAfter }
}

describe('the rate of an announcement', () => {
  it('is kept however often it is halted and resumed', async () => {
    const { id, organizer, dealtWithAfter } = await sentAtOneASecond(25)
    await must(organizer, 'startAnnouncement', { id })
    expect(await dealtWithAfter(0)).toBe(10)
    for (const second of [1, 2, 3, 4, 5, 6, 7, 8, 9]) {
      await must(organizer, 'pauseAnnouncement', { id })
      await must(organizer, 'resumeAnnouncement', { id })
      expect([second, await dealtWithAfter(1_000)]).toEqual([second, 10])
    }
    expect(await dealtWithAfter(999)).toBe(10)
    expect(await dealtWithAfter(1)).toBe(20)
    // A halt that lasts longer than the rate demands costs no more than itself, and saves nothing up.
    await must(organizer, 'pauseAnnouncement', { id })
    expect(await dealtWithAfter(3_600_000)).toBe(20)
    await must(organizer, 'resumeAnnouncement', { id })
    expect(await dealtWithAfter(0)).toBe(25)
    expect(await tallyOf(world, id)).toMatchObject({ status: 'SENT', inboxes: 25, people: 25 })
  })

  it('holds for those who failed and are tried again', async () => {
    const { id, organizer, organizationId, dealtWithAfter } = await sentAtOneASecond(10)
    const { sql } = world.host.database
    const [broken] = await world.rows(members, eq(members.organizationId, organizationId))
    await sql.unsafe(`
      create function notifications.refuse() returns trigger language plpgsql as $$ begin
        if new.recipient_id = '${uuidOf('usr', broken?.userId ?? '')}' then raise exception 'refused'; end if; return new;
      end $$;
      create trigger refuse before insert on notifications.notification for each row execute function notifications.refuse()`)
    await must(organizer, 'startAnnouncement', { id })
    for (let second = 0; second < 60 && (await dealtWithAfter(1_000)) === 0; second++);
    await sql.unsafe('drop trigger refuse on notifications.notification; drop function notifications.refuse')
    expect(await rowOf(world, id)).toMatchObject({ status: 'SENT', sentCount: 9, failedCount: 1 })
    await must(organizer, 'retryAnnouncement', { id })
    expect(await dealtWithAfter(8_999)).toBe(9)
    expect(await dealtWithAfter(1_001)).toBe(10)
    expect(await tallyOf(world, id)).toMatchObject({ status: 'SENT', counts: [10, 10, 0, 0], inboxes: 10 })
  })
})
