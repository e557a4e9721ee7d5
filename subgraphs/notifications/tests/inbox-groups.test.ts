import { newId } from '@guildhall/kit/ids'
import { createWorld, type Person, type World } from '@guildhall/kit/testing/world'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { inboxOf, noticeFor, tell, times } from './support.ts'

let world: World
beforeAll(async () => {
  world = await createWorld()
})
afterAll(() => world.close())

interface Groups {
  notificationGroups: {
    nodes: {
      key: string
      count: number
      unseenCount: number
      unreadCount: number
      latest: { title: string }
    }[]
    totalCount: number
    pageInfo: { hasNextPage: boolean; endCursor: string }
  } | null
}

const groupsOf = async (viewer: Person, owner: Person, args: string) =>
  (
    await viewer.entity<Groups>(
      'notifications',
      'User',
      owner.userId,
      `notificationGroups(${args}) {
        nodes { key count unseenCount unreadCount latest { title } } totalCount pageInfo { hasNextPage endCursor }
      }`,
    )
  )?.notificationGroups
const titlesOf = async (person: Person, args: string) =>
  (
    await person.entity<{ notifications: { nodes: { title: string }[] } }>(
      'notifications',
      'User',
      person.userId,
      `notifications(${args}) { nodes { title } }`,
    )
  )?.notifications.nodes.map((node) => node.title)

/** Two projects, one of them with a key of its own for some, and something about nothing. */
async function mixedInbox() {
  const person = world.person()
  const [kettle, lamp] = [newId('prj'), newId('prj')]
  const say = (title: string, more: object) => tell(world, [noticeFor(person.userId, { title, ...more })])
  await say('Kettle 1', { subjectId: kettle })
  await say('Lamp 1', { subjectId: lamp })
  await say('Kettle 2', { subjectId: kettle })
  await say('Alone', {})
  await say('Vote 1', { subjectId: lamp, groupKey: 'votes' })
  await say('Lamp 2', { subjectId: lamp })
  const [first, ...rest] = (await inboxOf(world, person)).map((row) => row.id)
  await person.mutate('markNotificationsRead', { ids: [first] }, 'readCount')
  await person.mutate('markNotificationsSeen', { ids: rest.slice(0, 1) }, 'changedCount')
  const alone = (await inboxOf(world, person))[3]?.groupKey
  return { person, kettle, lamp, alone }
}

describe('filters of the inbox', () => {
  it('narrow by state, subject, group and category together', async () => {
    const { person, kettle, lamp } = await mixedInbox()
    const archived = (await inboxOf(world, person))[5]?.id
    await person.mutate('archiveNotifications', { ids: [archived] }, 'changedCount')
    expect(await titlesOf(person, 'first: 20')).toEqual(['Vote 1', 'Alone', 'Kettle 2', 'Lamp 1', 'Kettle 1'])
    expect(await titlesOf(person, 'filter: { state: [ARCHIVED] }')).toEqual(['Lamp 2'])
    expect(await titlesOf(person, 'filter: { state: [SEEN, READ] }')).toEqual(['Lamp 1', 'Kettle 1'])
    expect(await titlesOf(person, 'filter: { state: [] }')).toEqual([])
    expect(await titlesOf(person, `filter: { subjectId: "${kettle}" }`)).toEqual(['Kettle 2', 'Kettle 1'])
    expect(await titlesOf(person, `filter: { subjectId: "${lamp}", state: [UNSEEN, ARCHIVED] }`)).toEqual([
      'Lamp 2',
      'Vote 1',
    ])
    expect(await titlesOf(person, 'filter: { groupKey: "votes" }')).toEqual(['Vote 1'])
    expect(await titlesOf(person, 'filter: { groupKey: "votes", category: [ACCOUNT] }')).toEqual([])
  })
})

describe('notificationGroups', () => {
  it('shows what belongs together by its latest, with counts, page by page', async () => {
    const { person, kettle, lamp, alone } = await mixedInbox()
    const expected = [
      { key: lamp, count: 2, unseenCount: 1, unreadCount: 2, latest: { title: 'Lamp 2' } },
      { key: 'votes', count: 1, unseenCount: 1, unreadCount: 1, latest: { title: 'Vote 1' } },
      { key: alone, count: 1, unseenCount: 1, unreadCount: 1, latest: { title: 'Alone' } },
      { key: kettle, count: 2, unseenCount: 1, unreadCount: 1, latest: { title: 'Kettle 2' } },
    ]
    const first = await groupsOf(person, person, 'first: 3')
    expect(first?.nodes).toEqual(expected.slice(0, 3))
    expect(first).toMatchObject({ totalCount: 4, pageInfo: { hasNextPage: true } })
    const rest = await groupsOf(person, person, `after: "${first?.pageInfo.endCursor}"`)
    expect(rest?.nodes).toEqual(expected.slice(3))
    const filtered = await groupsOf(person, person, 'filter: { state: [READ, SEEN] }')
    expect(filtered?.nodes.map(({ key, count }) => ({ key, count }))).toEqual([
      { key: lamp, count: 1 },
      { key: kettle, count: 1 },
    ])
  })

  it('costs two statements, however many there are', async () => {
    const person = world.person()
    for (const key of times(60, (index) => `group ${index % 30}`)) {
      await tell(world, [noticeFor(person.userId, { groupKey: key })])
    }
    const statements = await world.statements(async () => {
      expect((await groupsOf(person, person, 'first: 30'))?.nodes.map((node) => node.count)).toEqual(
        times(30, () => 2),
      )
    })
    expect(statements.filter((statement) => statement.startsWith('select'))).toHaveLength(2)
  })

  it('is closed to everybody else', async () => {
    const organization = world.organization()
    const [member, owner] = [organization.as('MEMBER'), organization.as('OWNER')]
    expect(await groupsOf(owner, member, 'first: 20')).toBeNull()
    expect(await groupsOf(world.anonymous, member, 'first: 20')).toBeNull()
    expect(
      await owner.entity('notifications', 'User', member.userId, 'notificationCounts { unread }'),
    ).toEqual({ notificationCounts: null })
  })
})
