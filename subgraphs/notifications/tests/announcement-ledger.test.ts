import { createWorld, type Person, type World } from '@guildhall/kit/testing/world'
import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { announcementRecipients, deliveries, members } from '../tables.ts'
import { must, populate, toMembers } from './broadcast-support.ts'
import { addressed } from './delivery-support.ts'
import { ownContext, times } from './support.ts'

let world: World
beforeAll(async () => {
  world = await createWorld()
})
afterAll(() => world.close())

const recipients =
  'recipients(first: 100) { nodes { user { id } status deliveries { channel status reason changedAt } } }'
const counts = 'handedOverCount reachedCount deliveryCounts { channel status reason count }'

interface Seen {
  handedOverCount: number
  reachedCount: number
  deliveryCounts: object[]
  recipients: { nodes: { user: { id: string }; deliveries: { channel: string; status: string }[] }[] }
}

const read = (person: Person, id: string, selection: string) =>
  person.entity<Seen>('notifications', 'Announcement', id, selection)

/** An announcement by mail to members of whom identity knows so many, and so many not. */
async function mailed(known: number, unknown: number, channels = ['EMAIL'], more: object = {}) {
  const organization = world.organization()
  const organizationId = organization.id
  const people = await Promise.all(times(known, () => addressed(world)))
  if (known > 0) {
    const rows = people.map(({ userId }) => ({ organizationId, userId, role: 'MEMBER' }))
    await world.host.database.db.insert(members).values(rows)
  }
  await populate(world, organizationId, unknown)
  const organizer = organization.as('ORGANIZER')
  const { id } = await must(organizer, 'sendAnnouncement', toMembers(organizationId, { channels, ...more }))
  return { id, organization, organizer, people }
}

describe('the ledger of an announcement', () => {
  it('says that nobody was reached where no mail has left', async () => {
    const { id, organizer } = await mailed(0, 3)
    await world.settle()
    expect(await read(organizer, id, counts)).toEqual({
      handedOverCount: 3,
      reachedCount: 0,
      deliveryCounts: [{ channel: 'EMAIL', status: 'SKIPPED', reason: 'NO_ADDRESS', count: 3 }],
    })
  })

  it('says of each recipient what became of it by each channel, and when', async () => {
    const oneByOne = { ratePerMinute: 6 }
    const { id, organizer, people } = await mailed(1, 1, ['IN_APP', 'EMAIL'], oneByOne)
    await world.settle()
    const at = [world.clock.now().toISOString()]
    const [first, second] = (await read(organizer, id, recipients))?.recipients.nodes ?? []
    expect(second).toMatchObject({ status: 'PENDING', deliveries: [] })
    expect(first?.deliveries).toHaveLength(2)
    world.clock.advance(10_000)
    await world.settle()
    at.push(world.clock.now().toISOString())
    const sent = await read(organizer, id, recipients)
    expect(sent?.recipients.nodes).toEqual(
      [first, second].map((node, index) => {
        const isKnown = node?.user.id === people[0]?.userId
        const mail = isKnown ? { status: 'SENT', reason: null } : { status: 'SKIPPED', reason: 'NO_ADDRESS' }
        const changedAt = at[index]
        return {
          user: node?.user,
          status: 'SENT',
          deliveries: [
            { channel: 'IN_APP', status: 'DELIVERED', reason: null, changedAt },
            { channel: 'EMAIL', ...mail, changedAt },
          ],
        }
      }),
    )
  })

  it('follows a mail that comes back', async () => {
    const { id, organizer, people } = await mailed(2, 0)
    await world.settle()
    expect(await read(organizer, id, counts)).toMatchObject({ handedOverCount: 2, reachedCount: 2 })
    const bounced = { status: 'BOUNCED', reason: 'BOUNCE' } as const
    const { db } = ownContext(world)
    await db
      .update(deliveries)
      .set(bounced)
      .where(eq(deliveries.recipientId, people[0]?.userId ?? ''))
    expect(await read(organizer, id, counts)).toEqual({
      handedOverCount: 2,
      reachedCount: 1,
      deliveryCounts: [
        { channel: 'EMAIL', status: 'BOUNCED', reason: null, count: 1 },
        { channel: 'EMAIL', status: 'SENT', reason: null, count: 1 },
      ],
    })
  })

  it('is read with the same statements for any number of announcements and recipients', async () => {
    const one = await mailed(0, 1, ['IN_APP', 'EMAIL', 'PUSH'])
    const many = world.organization()
    await populate(world, many.id, 60)
    const organizer = many.as('ORGANIZER')
    const input = toMembers(many.id, { channels: ['IN_APP', 'EMAIL', 'PUSH'] })
    for (const _ of times(4, () => 0)) await must(organizer, 'sendAnnouncement', input)
    await world.settle()
    const selection = `announcements { nodes { id ${counts} ${recipients} } }`
    const statementsOf = async (person: Person, organizationId: string) => {
      let seen: { announcements: { nodes: Seen[] } } | null = null
      const statements = await world.statements(async () => {
        seen = await person.entity('notifications', 'Organization', organizationId, selection)
      })
      const nodes = (seen as { announcements: { nodes: Seen[] } } | null)?.announcements.nodes ?? []
      const read = nodes.flatMap((node) => node.recipients.nodes.flatMap((to) => to.deliveries))
      return { count: statements.length, announcements: nodes.length, deliveries: read.length }
    }
    const few = await statementsOf(one.organizer, one.organization.id)
    expect(few).toMatchObject({ announcements: 1, deliveries: 3 })
    expect(await statementsOf(organizer, many.id)).toEqual({
      count: few.count,
      announcements: 4,
      deliveries: 4 * 60 * 3,
    })
  })

  it('is shown to nobody who may not send announcements of the organization', async () => {
    const { id, organization } = await mailed(1, 0)
    await world.settle()
    expect(await read(organization.as('ADMIN'), id, counts)).toMatchObject({ handedOverCount: 1 })
    const selection = `${counts} ${recipients}`
    for (const person of [organization.as('MEMBER'), world.organization().as('OWNER'), world.anonymous]) {
      expect(await read(person, id, selection)).toBeNull()
    }
    expect(
      await world.rows(announcementRecipients, eq(announcementRecipients.announcementId, id)),
    ).toHaveLength(1)
  })
})
