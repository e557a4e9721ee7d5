import { createWorld, type Person, type TestOrganization, type World } from '@guildhall/kit/testing/world'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { countsOf, door, guests, said, scan } from './check-in-support.ts'

let world: World
beforeAll(async () => {
  world = await createWorld(['events', 'participants'])
})
afterAll(() => world.close())

interface Item {
  kind: string
  cursor: string
  checkIn: { result: string; undoneAt: string | null; holder: { number: number } | null } | null
  counts: { enteredCount: number; rejectedCount: number }
}

const document = `subscription ($listId: ID!, $after: String) { checkInFeed(listId: $listId, after: $after) {
  kind cursor checkIn { result undoneAt holder { number } } counts { enteredCount rejectedCount } } }`

/** A reader of a feed, item by item. */
function readFeed(person: Person, listId: string, after: string | null = null) {
  const stream = person.subscribe(document, { listId, after })
  return {
    async next(): Promise<Item> {
      const { value, done } = await stream.next()
      if (done) throw new Error('the feed has ended')
      if (value.errors) throw new Error(value.errors[0]?.message)
      return JSON.parse(JSON.stringify(value.data)).checkInFeed
    },
    isEnded: async () => (await stream.next()).done === true,
    close: () => stream.return?.(),
  }
}

const briefly = ({ kind, checkIn, counts }: Item) =>
  `${kind} ${checkIn?.result ?? '-'} ${counts.enteredCount}/${counts.rejectedCount}`

const roles = (organization: TestOrganization, mutation: string, input: object) =>
  organization
    .as('OWNER')
    .mutate<{ membership: { id: string } }>(
      mutation,
      { ...input, roles: ['CHECKIN_STAFF'] },
      'membership { id }',
    )

describe('checkInFeed', () => {
  it('begins with what was counted, then tells each scan in order, and what was taken back', async () => {
    const { staff, organizer, eventId, listId } = await door(world)
    const [anna, ben] = await guests(world, eventId, 2)
    await said(staff, listId, anna?.secret ?? '')
    const feed = readFeed(organizer, listId)
    expect(briefly(await feed.next())).toBe('COUNTS - 1/0')
    await said(staff, listId, anna?.secret ?? '')
    const { checkIn } = await scan(staff, listId, ben?.secret ?? '')
    await said(staff, listId, 'FALSE')
    expect([await feed.next(), await feed.next(), await feed.next()].map(briefly)).toEqual([
      'SCAN REJECTED 1/1',
      'SCAN OK 2/1',
      'SCAN REJECTED 2/2',
    ])
    await staff.mutate('undoCheckIn', { checkInId: checkIn?.id, reason: 'Wrong.' }, 'checkIn { id }')
    const undone = await feed.next()
    expect(briefly(undone)).toBe('SCAN OK 1/2')
    expect(undone.checkIn?.undoneAt).not.toBeNull()
    expect(await countsOf(staff, listId)).toMatchObject({ enteredCount: 1, rejectedCount: 2 })
    await feed.close()
  })

  it('goes on behind a cursor with all that was missed', async () => {
    const { staff, eventId, listId } = await door(world)
    const all = await guests(world, eventId, 30)
    const feed = readFeed(staff, listId)
    const { cursor } = await feed.next()
    await feed.close()
    await Promise.all(
      all
        .flatMap(({ secret }) => [secret, secret, secret, secret])
        .map((secret) => said(staff, listId, secret)),
    )
    const again = readFeed(staff, listId, cursor)
    const items: Item[] = []
    for (let seen = 0; seen < 120; seen++) items.push(await again.next())
    await again.close()
    expect(new Set(items.map((item) => item.cursor)).size).toBe(120)
    expect(items.at(-1)?.counts).toEqual({ enteredCount: 30, rejectedCount: 90 })
    const [middle] = items.slice(59)
    const rest = readFeed(staff, listId, middle?.cursor)
    expect((await rest.next()).cursor).toBe(items[60]?.cursor)
    await rest.close()
  })

  it('is refused to those who do not stand at the doors, and with a cursor of another list', async () => {
    const { eventId, staff, listId } = await door(world)
    const other = await door(world)
    const [anna] = await guests(world, eventId, 1)
    for (const person of [other.staff, anna?.person ?? world.anonymous]) {
      await expect(readFeed(person, listId).next()).rejects.toThrow(/check-in list/)
    }
    await expect(readFeed(world.anonymous, listId).next()).rejects.toThrow(/logged in|log in/i)
    const feed = readFeed(other.staff, other.listId)
    const { cursor } = await feed.next()
    await feed.close()
    await expect(readFeed(staff, listId, cursor).next()).rejects.toThrow(/cursor/)
  })

  it('ends for who no longer stands at the doors', async () => {
    const { organization, staff, organizer, eventId, listId } = await door(world)
    const [anna] = await guests(world, eventId, 1)
    const feed = readFeed(staff, listId)
    await feed.next()
    const { membership } = await roles(organization, 'grantEventRoles', { eventId, userId: staff.userId })
    await roles(organization, 'revokeEventRoles', { membershipId: membership.id })
    await world.settle()
    await said(organizer, listId, anna?.secret ?? '')
    expect(await feed.isEnded()).toBe(true)
  })
})
