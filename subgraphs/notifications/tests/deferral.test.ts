import { randomBytes } from 'node:crypto'
import { createWorld, type World } from '@guildhall/kit/testing/world'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Addressed, addressed, deliveriesOf, statusesOf } from './delivery-support.ts'
import { inboxOf, noticeFor, tell } from './support.ts'

let world: World
beforeAll(async () => {
  world = await createWorld()
})
afterAll(() => world.close())

const hour = 3_600_000
/** Of a Monday. */
const noon = new Date('2035-01-01T12:00:00.000Z')
const windows = [{ weekday: 'MONDAY', startsAt: '11:00', endsAt: '14:00' }]

/** Somebody with a phone and an address who does not want to be disturbed around noon. */
async function atRest({ isCriticalAllowed = true } = {}): Promise<Addressed> {
  world.clock.set(noon)
  const one = await addressed(world)
  const token = randomBytes(60).toString('base64url')
  await one.mutate('registerDevice', { platform: 'FCM', token }, 'device { id }')
  await one.mutate(
    'setQuietHours',
    { timezone: 'UTC', windows, isCriticalAllowed },
    'quietHours { timezone }',
  )
  return one
}

/** What has left for somebody: titles, of mails and of pushes. */
async function hasLeftFor(one: Addressed) {
  const mails = (await world.mails(one.email)).map(({ subject }) => subject)
  const ids = new Set((await inboxOf(world, one)).map(({ id }) => id))
  const pushed = world.push.sent.filter(({ message }) => ids.has(message.data.notificationId ?? ''))
  return { mails, pushes: pushed.map(({ message }) => message.title) }
}
const nothing = { mails: [], pushes: [] }
const confirmed = { type: 'registration.confirmed', title: 'You have a seat' } as const

describe('what comes in quiet hours', () => {
  it('waits for their end as mail and as push, is in the inbox at once, and leaves once', async () => {
    const one = await atRest()
    await tell(world, [noticeFor(one.userId, confirmed)])
    expect(await hasLeftFor(one)).toEqual(nothing)
    expect((await inboxOf(world, one)).map(({ title }) => title)).toEqual(['You have a seat'])
    expect(
      (await deliveriesOf(world, one)).map(({ channel, status, reason, nextAt }) => [
        channel,
        status,
        reason,
        nextAt.toISOString(),
      ]),
    ).toEqual([
      ['EMAIL', 'DEFERRED', 'QUIET_HOURS', '2035-01-01T14:00:00.000Z'],
      ['PUSH', 'DEFERRED', 'QUIET_HOURS', '2035-01-01T14:00:00.000Z'],
    ])
    world.clock.advance(2 * hour - 1)
    expect(await hasLeftFor(one)).toEqual(nothing)
    world.clock.advance(1)
    expect(await hasLeftFor(one)).toEqual({ mails: ['You have a seat'], pushes: ['You have a seat'] })
    expect(await statusesOf(world, one)).toEqual(['EMAIL SENT', 'PUSH SENT'])
    world.clock.advance(24 * hour)
    expect(await hasLeftFor(one)).toEqual({ mails: ['You have a seat'], pushes: ['You have a seat'] })
  })

  it('leaves at once if it is critical, unless its reader wants their rest from that as well', async () => {
    const critical = { type: 'registration.cancelled', title: 'Called off' } as const
    const [one, other] = [await atRest(), await atRest({ isCriticalAllowed: false })]
    await tell(world, [noticeFor(one.userId, critical), noticeFor(other.userId, critical)])
    const all = { mails: ['Called off'], pushes: ['Called off'] }
    expect([await hasLeftFor(one), await hasLeftFor(other)]).toEqual([all, nothing])
    world.clock.advance(2 * hour)
    expect([await hasLeftFor(one), await hasLeftFor(other)]).toEqual([all, all])
  })

  it('is asked for again when they end: what was silenced meanwhile does not leave', async () => {
    const one = await atRest()
    await tell(world, [noticeFor(one.userId, confirmed)])
    await world.settle()
    const choice = { type: 'registration.confirmed', channel: 'EMAIL', isEnabled: false }
    await one.mutate('setNotificationPreference', choice, 'preference { isEnabled }')
    world.clock.advance(2 * hour)
    expect(await hasLeftFor(one)).toEqual({ mails: [], pushes: ['You have a seat'] })
    expect(await statusesOf(world, one)).toEqual(['EMAIL SKIPPED PREFERENCE', 'PUSH SENT'])
  })
})
