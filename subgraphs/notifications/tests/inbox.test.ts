import { newId } from '@guildhall/kit/ids'
import { createWorld, type Person, type World } from '@guildhall/kit/testing/world'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { forgetOldNotifications, retentionDays } from '../inbox/retention.ts'
import { countsOf, inboxOf, noticeFor, ownContext, tell, tellTimes, times } from './support.ts'

let world: World
beforeAll(async () => {
  world = await createWorld()
})
afterAll(() => world.close())

const see = <Seen>(viewer: Person, owner: Person, selection: string) =>
  viewer.entity<Seen>('notifications', 'User', owner.userId, selection)

describe('the inbox', () => {
  it('lists the latest first, page by page, filtered and counted', async () => {
    const person = world.person()
    await tellTimes(world, person, 5)
    await tell(world, [noticeFor(person.userId, { type: 'account.welcome', title: 'Welcome' })])
    const [oldest] = await inboxOf(world, person)
    await person.mutate('markNotificationsRead', { ids: [oldest?.id] }, 'readCount')
    type Page = {
      notifications: { nodes: { title: string }[]; totalCount: number; pageInfo: { endCursor: string } }
    }
    const page = async (args: string) =>
      (
        await see<Page>(
          person,
          person,
          `notifications(${args}) { nodes { title } totalCount pageInfo { endCursor } }`,
        )
      )?.notifications
    const titles = (found: Page['notifications'] | undefined) => found?.nodes.map((node) => node.title)
    const first = await page('first: 2')
    expect(titles(first)).toEqual(['Welcome', 'Number 4'])
    expect(first?.totalCount).toBe(6)
    expect(titles(await page(`first: 9, after: "${first?.pageInfo.endCursor}"`))).toEqual(
      times(4, (i) => `Number ${3 - i}`),
    )
    expect(titles(await page('filter: { isRead: true }'))).toEqual(['Number 0'])
    expect(await page('filter: { isRead: false, category: [PROJECTS] }')).toMatchObject({ totalCount: 4 })
    expect(titles(await page('filter: { category: [] }'))).toEqual([])
    expect(await see(person, person, 'unreadNotificationCount')).toEqual({ unreadNotificationCount: 5 })
  })

  it('is closed to everybody else, whatever their role', async () => {
    const organization = world.organization()
    const [member, owner] = [organization.as('MEMBER'), organization.as('OWNER')]
    await tellTimes(world, member, 1)
    const [row] = await inboxOf(world, member)
    for (const viewer of [owner, world.anonymous]) {
      expect(await see(viewer, member, 'unreadNotificationCount notifications { totalCount }')).toEqual({
        unreadNotificationCount: null,
        notifications: null,
      })
      expect(await viewer.entity('notifications', 'Notification', row?.id ?? '', 'title')).toBeNull()
    }
  })

  it('names what a notification is about by type and id', async () => {
    const person = world.person()
    const [actorId, eventId, registrationId, projectId] = [
      newId('usr'),
      newId('evt'),
      newId('reg'),
      newId('prj'),
    ]
    await tell(world, [noticeFor(person.userId, { actorId, eventId, registrationId, subjectId: projectId })])
    await tell(world, [noticeFor(person.userId, { subjectId: newId('zzz') })])
    const selection = 'actor { id } event { id } registration { id } subject { __typename id }'
    const seen = await Promise.all(
      (await inboxOf(world, person)).map((row) =>
        person.entity('notifications', 'Notification', row.id, selection),
      ),
    )
    expect(seen).toEqual([
      {
        actor: { id: actorId },
        event: { id: eventId },
        registration: { id: registrationId },
        subject: { __typename: 'Project', id: projectId },
      },
      { actor: null, event: null, registration: null, subject: null },
    ])
  })

  it('tells nobody of the same thing twice, and leaves no hole', async () => {
    const [person, other] = [world.person(), world.person()]
    const cause = newId('evt')
    await Promise.all(times(8, () => tell(world, [noticeFor(person.userId), noticeFor(other.userId)], cause)))
    await tell(world, [noticeFor(person.userId)])
    expect((await inboxOf(world, person)).map((row) => row.seq)).toEqual([1, 2])
    expect(await countsOf(world, person)).toEqual({ counter: 2, unreadRows: 2, seq: 2, rows: 2 })
    expect(await countsOf(world, other)).toEqual({ counter: 1, unreadRows: 1, seq: 1, rows: 1 })
  })

  it('numbers without a hole when many write to the same people at once', async () => {
    const people = times(6, () => world.person())
    await Promise.all(
      times(30, (index) =>
        tell(
          world,
          (index % 2 === 0 ? people : people.toReversed()).map((person) => noticeFor(person.userId)),
        ),
      ),
    )
    for (const person of people) {
      expect((await inboxOf(world, person)).map((row) => row.seq)).toEqual(times(30, (i) => i + 1))
      expect(await countsOf(world, person)).toMatchObject({ counter: 30, unreadRows: 30 })
    }
  })

  it('costs four statements to deliver to a hundred people', async () => {
    const notices = times(100, () => noticeFor(newId('usr')))
    const statements = await world.statements(() => tell(world, notices))
    expect(statements.filter((statement) => /^(select|insert|update)/.test(statement))).toHaveLength(4)
  })

  it('forgets what is too old, with a true count', async () => {
    const person = world.person()
    await tellTimes(world, person, 3)
    const [first] = await inboxOf(world, person)
    await person.mutate('markNotificationsRead', { ids: [first?.id] }, 'readCount')
    world.clock.advance(retentionDays * 24 * 3_600_000 + 1)
    await tellTimes(world, person, 2)
    await forgetOldNotifications(ownContext(world))
    expect((await inboxOf(world, person)).map((row) => row.seq)).toEqual([4, 5])
    expect(await countsOf(world, person)).toEqual({ counter: 2, unreadRows: 2, seq: 5, rows: 2 })
  })
})
