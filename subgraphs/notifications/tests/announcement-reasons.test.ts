import { randomBytes } from 'node:crypto'
import { newId } from '@guildhall/kit/ids'
import { createWorld, type Person, type World } from '@guildhall/kit/testing/world'
import { and, eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { suppress } from '../deliveries/suppressions.ts'
import { announcementRecipients, members, watches } from '../tables.ts'
import { must, toMembers } from './broadcast-support.ts'
import { type Addressed, addressed } from './delivery-support.ts'
import { ownContext, times } from './support.ts'

let world: World
beforeAll(async () => {
  world = await createWorld()
})
afterAll(() => world.close())

/** An organization with so many members who have accounts and addresses. */
async function organizationOf(count: number) {
  const organization = world.organization()
  const people = await Promise.all(times(count, () => addressed(world)))
  await joinAll(organization.id, people)
  return { organizationId: organization.id, organizer: organization.as('ORGANIZER'), people }
}

const joinAll = (organizationId: string, people: readonly Person[]) =>
  world.host.database.db
    .insert(members)
    .values(people.map(({ userId }) => ({ organizationId, userId, role: 'MEMBER' })))

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

interface Counts {
  recipientCount: number
  handedOverCount: number
  reachedCount: number
  suppressedCount: number
  deliveryCounts: (Counted & { status: string })[]
}

async function countsOf(organizer: Person, id: string): Promise<Counts> {
  const counts = await organizer.entity<Counts>(
    'notifications',
    'Announcement',
    id,
    'recipientCount handedOverCount reachedCount suppressedCount deliveryCounts { channel status reason count }',
  )
  if (!counts) throw new Error('the organizer does not see it')
  return counts
}

type Six = [Addressed, Addressed, Addressed, Addressed, Addressed, Addressed, ...Addressed[]]

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
      'handedOverCount suppressedCount recipients { nodes { user { id } status reason } }',
    )
    const expected = [
      { user: { id: silent.userId }, status: 'SUPPRESSED', reason: 'PREFERENCE' },
      { user: { id: muting.userId }, status: 'SUPPRESSED', reason: 'MUTED' },
      { user: { id: both.userId }, status: 'SUPPRESSED', reason: 'PREFERENCE' },
      { user: { id: open.userId }, status: 'SENT', reason: null },
    ]
    expect(sent).toEqual({
      handedOverCount: 1,
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

  it('are the same when it has been sent, reason by reason, by every channel', async () => {
    const { organizationId, organizer, people } = await organizationOf(9)
    const [silent, muting, noMail, bounced, noPush, pushed] = people as Six
    for (const channel of ['IN_APP', 'EMAIL', 'PUSH']) await turnOff(silent, channel)
    await mute(muting, organizationId)
    await turnOff(noMail, 'EMAIL')
    await suppress(ownContext(world), bounced.email, 'BOUNCE')
    await turnOff(noPush, 'PUSH')
    for (const owner of [silent, muting, noPush, pushed]) await registerPhone(owner)
    const unverified = await addressed(world, { isVerified: false })
    const suspended = await addressed(world, { status: 'SUSPENDED' })
    await joinAll(organizationId, [unverified, suspended])

    const { id, preview } = await previewed(organizer, organizationId, ['IN_APP', 'EMAIL', 'PUSH'])
    const foretold = [
      'EMAIL ADDRESS_SUPPRESSED 1',
      'EMAIL MUTED 1',
      'EMAIL NO_ADDRESS 2',
      'EMAIL PREFERENCE 2',
      'IN_APP MUTED 1',
      'IN_APP PREFERENCE 1',
      'PUSH MUTED 1',
      'PUSH NO_DEVICE 7',
      'PUSH PREFERENCE 2',
    ]
    expect(preview).toEqual(foretold)
    await must(organizer, 'startAnnouncement', { id })
    await world.settle()
    const { deliveryCounts, ...counts } = await countsOf(organizer, id)
    const skipped = deliveryCounts.filter(({ status }) => status === 'SKIPPED')
    expect(inShort(skipped)).toEqual(foretold)
    const left = deliveryCounts.filter(({ status }) => status !== 'SKIPPED')
    expect(left.map(({ channel, status, reason, count }) => [channel, status, reason, count])).toEqual([
      ['EMAIL', 'SENT', null, 5],
      ['IN_APP', 'DELIVERED', null, 9],
      ['PUSH', 'SENT', null, 1],
    ])
    expect(counts).toEqual({ recipientCount: 11, handedOverCount: 11, reachedCount: 9, suppressedCount: 0 })
  })

  it('tell of those who gave up their account meanwhile by every channel that it would have gone', async () => {
    const { organizationId, organizer } = await organizationOf(2)
    const oneByOne = { channels: ['IN_APP', 'EMAIL'], ratePerMinute: 6 }
    const { id } = await must(organizer, 'sendAnnouncement', toMembers(organizationId, oneByOne))
    await world.settle()
    const [waiting] = await world.rows(
      announcementRecipients,
      and(eq(announcementRecipients.announcementId, id), eq(announcementRecipients.status, 'PENDING')),
    )
    const answer = await world.host.upstreams.notifications?.execute({
      query: 'mutation ($input: ErasePersonInput!) { erasePerson(input: $input) { isErased } }',
      variables: { input: { userId: waiting?.userId } },
      context: await world.signer(world.service.caller),
    })
    expect(answer?.data).toEqual({ erasePerson: { isErased: true } })
    world.clock.advance(10_000)
    await world.settle()
    const { deliveryCounts, ...counts } = await countsOf(organizer, id)
    expect(deliveryCounts.map((one) => [one.channel, one.status, one.reason, one.count].join(' '))).toEqual([
      'EMAIL SENT  1',
      'EMAIL SKIPPED ERASED 1',
      'IN_APP DELIVERED  1',
      'IN_APP SKIPPED ERASED 1',
    ])
    expect(counts).toEqual({ recipientCount: 2, handedOverCount: 1, reachedCount: 1, suppressedCount: 1 })
  })
})
