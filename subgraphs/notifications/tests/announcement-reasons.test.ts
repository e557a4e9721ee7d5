import { randomBytes } from 'node:crypto'
import { newId } from '@guildhall/kit/ids'
import { createWorld, type Person, type World } from '@guildhall/kit/testing/world'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { members, watches } from '../tables.ts'
import { must, toMembers } from './broadcast-support.ts'
import { type Addressed, addressed } from './delivery-support.ts'
import { times } from './support.ts'

let world: World
beforeAll(async () => {
  world = await createWorld()
})
afterAll(() => world.close())

/** An organization with so many members who have accounts and addresses. */
async function organizationOf(count: number) {
  const organization = world.organization()
  const people = await Promise.all(times(count, () => addressed(world)))
  const rows = people.map(({ userId }) => ({ organizationId: organization.id, userId, role: 'MEMBER' }))
  await world.host.database.db.insert(members).values(rows)
  return { organizationId: organization.id, organizer: organization.as('ORGANIZER'), people }
}

const turnOff = (person: Person, channel: string) =>
  person.mutate(
    'setNotificationPreference',
    { category: 'ANNOUNCEMENTS', channel, isEnabled: false },
    'preference { isEnabled }',
  )
/** As `muteSubject` would, of an organization that organizations knows. */
const mute = async ({ userId }: Person, subjectId: string) => {
  const createdAt = world.clock.now()
  await world.host.database.db
    .insert(watches)
    .values({ id: newId('wch'), userId, subjectId, level: 'MUTED', createdAt })
}
const registerPhone = (person: Person) =>
  person.mutate(
    'registerDevice',
    { platform: 'FCM', token: randomBytes(60).toString('base64url') },
    'device { id }',
  )

interface Counted {
  channel: string
  reason: string
  count: number
}
const inShort = (counts: readonly Counted[]) =>
  counts.map(({ channel, reason, count }) => `${channel} ${reason} ${count}`).sort()

/** A draft to all members, and what its preview says of it. */
async function previewed(organizer: Person, organizationId: string, channels: string[]) {
  const { id } = await must(organizer, 'draftAnnouncement', toMembers(organizationId, { channels }))
  const draft = await organizer.entity<{ preview: { suppressed: Counted[] } }>(
    'notifications',
    'Announcement',
    id,
    'preview { suppressed { channel reason count } }',
  )
  return { id, preview: inShort(draft?.preview.suppressed ?? []) }
}

describe('the reasons why somebody does not get an announcement', () => {
  it('stand in the ledger as the preview has foretold them', async () => {
    const { organizationId, organizer, people } = await organizationOf(4)
    const [silent, muting, both, open] = people as [Addressed, Addressed, Addressed, Addressed]
    await turnOff(silent, 'IN_APP')
    await mute(muting, organizationId)
    await turnOff(both, 'IN_APP')
    await mute(both, organizationId)
    const { id, preview } = await previewed(organizer, organizationId, ['IN_APP'])
    expect(preview).toEqual(['IN_APP MUTED 1', 'IN_APP PREFERENCE 2'])
    await must(organizer, 'startAnnouncement', { id })
    await world.settle()
    const sent = await organizer.entity<{ recipients: { nodes: object[] } }>(
      'notifications',
      'Announcement',
      id,
      'sentCount suppressedCount recipients { nodes { user { id } status reason } }',
    )
    const expected = [
      { user: { id: silent.userId }, status: 'SUPPRESSED', reason: 'PREFERENCE' },
      { user: { id: muting.userId }, status: 'SUPPRESSED', reason: 'MUTED' },
      { user: { id: both.userId }, status: 'SUPPRESSED', reason: 'PREFERENCE' },
      { user: { id: open.userId }, status: 'SENT', reason: null },
    ]
    expect(sent).toEqual({
      sentCount: 1,
      suppressedCount: 3,
      recipients: { nodes: expected.sort((a, b) => (a.user.id < b.user.id ? -1 : 1)) },
    })
  })

  it('are counted by push for those who have no device', async () => {
    const { organizationId, organizer, people } = await organizationOf(5)
    const [silent, withPhone, withTwo] = people as [Addressed, Addressed, Addressed]
    await turnOff(silent, 'PUSH')
    await registerPhone(withPhone)
    await registerPhone(withTwo)
    await registerPhone(withTwo)
    const { preview } = await previewed(organizer, organizationId, ['PUSH'])
    expect(preview).toEqual(['PUSH NO_DEVICE 2', 'PUSH PREFERENCE 1'])
  })
})
