import { newId, uuidOf } from '@guildhall/kit/ids'
import { createWorld, type Person, type World } from '@guildhall/kit/testing/world'
import { organizationClosed } from '@guildhall/organizations/contract'
import { and, eq, inArray } from 'drizzle-orm'
import type { ExecutionResult } from 'graphql'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { announcementRecipients, deliveries, members, notifications } from '../tables.ts'
import { must, populate, problems, rowOf, tallyOf, toMembers } from './broadcast-support.ts'
import { publish } from './support.ts'

let world: World
beforeAll(async () => {
  world = await createWorld()
})
afterAll(() => world.close())

async function organizationOf(count: number) {
  const organization = world.organization()
  await populate(world, organization.id, count)
  return { organizationId: organization.id, organizer: organization.as('ORGANIZER'), organization }
}

interface Progress {
  id: string
  status: string
  sentCount: number
}

const watch = (person: Person, id: string) =>
  person.subscribe('subscription ($id: ID!) { announcementProgress(id: $id) { id status sentCount } }', {
    id,
  })

const progressIn = (result: IteratorResult<ExecutionResult>): Progress | null =>
  (result.value?.data?.announcementProgress as Progress | undefined) ?? null

const someMember = async (organizationId: string): Promise<string> =>
  (await world.rows(members, eq(members.organizationId, organizationId)))[0]?.userId ?? ''

describe('sending an announcement', () => {
  it('keeps to its rate', async () => {
    const { organizationId, organizer } = await organizationOf(25)
    const { id } = await must(organizer, 'sendAnnouncement', toMembers(organizationId, { ratePerMinute: 60 }))
    const sentAfter = async (ms: number) => {
      world.clock.advance(ms)
      await world.settle()
      return (await rowOf(world, id)).sentCount
    }
    expect(await sentAfter(0)).toBe(10)
    expect(await sentAfter(9_999)).toBe(10)
    expect(await sentAfter(1)).toBe(20)
    expect(await sentAfter(10_000)).toBe(25)
    expect(await tallyOf(world, id)).toMatchObject({ status: 'SENT', inboxes: 25, people: 25 })
  })

  it('is halted within a page, shown live, and goes on where it stopped', async () => {
    const { organizationId, organizer } = await organizationOf(5_000)
    const { id } = await must(organizer, 'draftAnnouncement', toMembers(organizationId))
    const stream = watch(organizer, id)
    expect(progressIn(await stream.next())).toEqual({ id, status: 'DRAFT', sentCount: 0 })
    await must(organizer, 'startAnnouncement', { id })
    let seen = progressIn(await stream.next())
    while (seen?.sentCount === 0) seen = progressIn(await stream.next())
    const paused = await must(organizer, 'pauseAnnouncement', { id })
    expect(paused).toMatchObject({ status: 'PAUSED', nextStatuses: ['SENDING', 'CANCELLED'] })
    expect(paused.sentCount).toBeLessThan(5_000)
    await world.settle()
    const { sentCount } = paused
    expect(await tallyOf(world, id)).toEqual({
      status: 'PAUSED',
      counts: [5_000, sentCount, 0, 0],
      ledger: [5_000, sentCount, 0, 0],
      inboxes: sentCount,
      people: sentCount,
    })
    await must(organizer, 'resumeAnnouncement', { id })
    const told = [seen?.sentCount ?? 0]
    for await (const result of stream) told.push(progressIn({ value: result })?.sentCount ?? -1)
    expect(told.at(-1)).toBe(5_000)
    expect(told).toEqual(told.toSorted((a, b) => a - b))
    expect(await tallyOf(world, id)).toMatchObject({ status: 'SENT', inboxes: 5_000, people: 5_000 })
    // Whoever comes when it is over is told so, once.
    const late = watch(organizer, id)
    expect(progressIn(await late.next())).toEqual({ id, status: 'SENT', sentCount: 5_000 })
    expect((await late.next()).done).toBe(true)
  }, 60_000)

  it('ends within a page when it is cancelled', async () => {
    const { organizationId, organizer } = await organizationOf(3_000)
    const { id } = await must(organizer, 'sendAnnouncement', toMembers(organizationId))
    const stream = watch(organizer, id)
    let seen = progressIn(await stream.next())
    while (seen?.sentCount === 0) seen = progressIn(await stream.next())
    const { sentCount, pendingCount } = await must(organizer, 'cancelAnnouncement', { id })
    await world.settle()
    expect(sentCount + pendingCount).toBe(3_000)
    expect(await tallyOf(world, id)).toMatchObject({
      status: 'CANCELLED',
      counts: [3_000, sentCount, 0, 0],
      inboxes: sentCount,
    })
    await stream.return?.()
  }, 60_000)

  it('is shown to nobody else', async () => {
    const { organizationId, organizer, organization } = await organizationOf(1)
    const { id } = await must(organizer, 'draftAnnouncement', toMembers(organizationId))
    const answerTo = async (person: Person, which: string) => {
      const { value } = await watch(person, which).next()
      return (value as ExecutionResult).errors?.[0]?.extensions.code
    }
    expect(await answerTo(world.organization().as('OWNER'), id)).toBe('BAD_USER_INPUT')
    expect(await answerTo(organizer, newId('ann'))).toBe('BAD_USER_INPUT')
    expect(await answerTo(organization.as('MEMBER'), id)).toBe('FORBIDDEN')
    expect(await answerTo(world.anonymous, id)).toBe('UNAUTHENTICATED')
  })

  it('fails for the one recipient who cannot be given it, and tries them again when asked to', async () => {
    const { organizationId, organizer } = await organizationOf(600)
    const { sql } = world.host.database
    const broken = await someMember(organizationId)
    await sql.unsafe(`
      create function notifications.refuse() returns trigger language plpgsql as $$ begin
        if new.recipient_id = '${uuidOf('usr', broken)}' then raise exception 'refused'; end if; return new;
      end $$;
      create trigger refuse before insert on notifications.notification for each row execute function notifications.refuse()`)
    const { id } = await must(organizer, 'sendAnnouncement', toMembers(organizationId))
    await world.settle()
    for (let look = 0; look < 20 && (await rowOf(world, id)).status === 'SENDING'; look++) {
      world.clock.advance(60_000)
      await world.settle()
    }
    expect(await tallyOf(world, id)).toEqual({
      status: 'SENT',
      counts: [600, 599, 0, 1],
      ledger: [600, 599, 0, 1],
      inboxes: 599,
      people: 599,
    })
    const failed =
      'recipients(filter: { status: [FAILED] }) { nodes { user { id } } totalCount } nextStatuses'
    expect(await organizer.entity('notifications', 'Announcement', id, failed)).toEqual({
      recipients: { nodes: [{ user: { id: broken } }], totalCount: 1 },
      nextStatuses: ['SENDING'],
    })
    await sql.unsafe('drop trigger refuse on notifications.notification; drop function notifications.refuse')
    await must(organizer, 'retryAnnouncement', { id })
    await world.settle()
    expect(await tallyOf(world, id)).toMatchObject({ status: 'SENT', counts: [600, 600, 0, 0], people: 600 })
  }, 60_000)

  it('goes by the ways that it names, and by no other', async () => {
    const { organizationId, organizer } = await organizationOf(2)
    const waysOf = async (channels?: string[]) => {
      const { id } = await must(organizer, 'sendAnnouncement', toMembers(organizationId, { channels }))
      await world.settle()
      // Handed over; nobody here has an address or a device, so that the inbox alone reaches anybody.
      const reachedCount = channels === undefined || channels.includes('IN_APP') ? 2 : 0
      expect(
        await organizer.entity(
          'notifications',
          'Announcement',
          id,
          'status handedOverCount suppressedCount reachedCount',
        ),
      ).toEqual({ status: 'SENT', handedOverCount: 2, suppressedCount: 0, reachedCount })
      const told = await world.rows(notifications, eq(notifications.cause, id))
      const ids = told.map((row) => row.id)
      const left = await world.rows(deliveries, inArray(deliveries.notificationId, ids))
      return [told.filter((row) => row.seq !== null).length, ...left.map((row) => row.channel).sort()]
    }
    expect(await waysOf()).toEqual([2])
    expect(await waysOf(['EMAIL'])).toEqual([0, 'EMAIL', 'EMAIL'])
    expect(await waysOf(['IN_APP', 'PUSH'])).toEqual([2, 'PUSH', 'PUSH'])
    expect(
      await problems(organizer, 'draftAnnouncement', toMembers(organizationId, { channels: [] })),
    ).toEqual(['INVALID_VALUE input.channels'])
  })

  it('leaves out whoever is erased meanwhile', async () => {
    const { organizationId, organizer } = await organizationOf(30)
    const { id } = await must(organizer, 'sendAnnouncement', toMembers(organizationId, { ratePerMinute: 60 }))
    await world.settle()
    const isOpen = and(
      eq(announcementRecipients.announcementId, id),
      eq(announcementRecipients.status, 'PENDING'),
    )
    const [gone] = await world.rows(announcementRecipients, isOpen)
    const answer = await world.host.upstreams.notifications?.execute({
      query: 'mutation ($input: ErasePersonInput!) { erasePerson(input: $input) { isErased } }',
      variables: { input: { userId: gone?.userId } },
      context: await world.signer(world.service.caller),
    })
    expect(answer?.data).toEqual({ erasePerson: { isErased: true } })
    world.clock.advance(60_000)
    await world.settle()
    world.clock.advance(60_000)
    await world.settle()
    expect(await tallyOf(world, id)).toMatchObject({ status: 'SENT', counts: [30, 29, 1, 0], inboxes: 29 })
  })

  it('ends with its organization', async () => {
    const { organizationId, organizer } = await organizationOf(20)
    const { id } = await must(organizer, 'sendAnnouncement', toMembers(organizationId, { ratePerMinute: 60 }))
    await world.settle()
    await publish(world, organizationClosed, { organizationId, name: 'Open City Lab', actorId: null })
    world.clock.advance(60_000)
    await world.settle()
    expect(await rowOf(world, id)).toMatchObject({ status: 'CANCELLED', sentCount: 10 })
  })
})
