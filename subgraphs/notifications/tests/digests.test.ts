import type { Outlets } from '@guildhall/kit/background-work'
import type { Context } from '@guildhall/kit/context'
import { newId } from '@guildhall/kit/ids'
import { createWorld, type World } from '@guildhall/kit/testing/world'
import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { digestWork, forgetOldDigests } from '../digests/close.ts'
import { digestItems, digests } from '../tables.ts'
import { type Addressed, addressed, statusesOf } from './delivery-support.ts'
import { inboxOf, noticeFor, ownContext, tell, times } from './support.ts'

let world: World
beforeAll(async () => {
  world = await createWorld()
})
afterAll(() => world.close())

const hour = 3_600_000
const scopeIds = [newId('evt'), newId('org')]

/** Somebody who wants mail of events, and nothing pushed. */
async function reader(): Promise<Addressed> {
  const one = await addressed(world)
  await choose(one, 'EMAIL', true)
  await choose(one, 'PUSH', false)
  return one
}
const choose = (one: Addressed, channel: string, isEnabled: boolean) =>
  one.mutate(
    'setNotificationPreference',
    { category: 'EVENTS', channel, isEnabled },
    'preference { isEnabled }',
  )

const changed = (one: Addressed, title: string) =>
  tell(world, [
    noticeFor(one.userId, {
      type: 'event.updated',
      title: `${title} has changed`,
      subjectId: newId('evt'),
      scopeIds,
    }),
  ])
const mailsTo = async ({ email }: Addressed) =>
  (await world.mails(email)).map(({ subject, text }) => ({ subject, text }))
const statusOf = async ({ userId }: Addressed) =>
  (await world.rows(digests, eq(digests.recipientId, userId))).map(({ status }) => status).sort()

describe('what is gathered', () => {
  it('is sent as one when the window closes, and what comes later by the next', async () => {
    const one = await reader()
    for (const title of ['Spring Hack', 'Summer Camp']) await changed(one, title)
    // The window opens when the first is to leave.
    await world.settle()
    world.clock.advance(hour - 1)
    await changed(one, 'Autumn Fair')
    expect(await mailsTo(one)).toEqual([])
    expect((await statusesOf(world, one)).sort()).toEqual([
      ...times(3, () => 'EMAIL DIGESTED DIGEST'),
      ...times(3, () => 'PUSH SKIPPED PREFERENCE'),
    ])
    world.clock.advance(1)
    const [mail, ...others] = await mailsTo(one)
    expect(others).toEqual([])
    expect(mail?.subject).toBe('Spring Hack has changed, and 2 more')
    for (const title of ['Spring Hack', 'Summer Camp', 'Autumn Fair']) {
      expect(mail?.text).toContain(`• ${title} has changed`)
    }
    await changed(one, 'Winter Ball')
    await world.settle()
    expect(await statusOf(one)).toEqual(['OPEN', 'SENT'])
    world.clock.advance(hour)
    expect((await mailsTo(one)).map(({ subject }) => subject)).toEqual([
      'Spring Hack has changed, and 2 more',
      'Winter Ball has changed',
    ])
    expect((await inboxOf(world, one)).filter(({ seq }) => seq !== null)).toHaveLength(4)
  })

  it('leaves out what was read meanwhile, and is not sent when nothing is left', async () => {
    const [one, other] = [await reader(), await reader()]
    for (const who of [one, other]) {
      for (const title of ['Spring Hack', 'Summer Camp']) await changed(who, title)
      await world.settle()
      const rows = await inboxOf(world, who)
      const ids = rows.slice(0, who === one ? 1 : 2).map(({ id }) => id)
      await who.mutate('markNotificationsRead', { ids }, 'readCount')
    }
    world.clock.advance(hour)
    expect((await mailsTo(one)).map(({ subject }) => subject)).toEqual(['Summer Camp has changed'])
    expect(await mailsTo(other)).toEqual([])
    expect([await statusOf(one), await statusOf(other)]).toEqual([['SENT'], ['EMPTY']])
  })

  it('is read again for what its reader wants when it closes', async () => {
    const one = await reader()
    await changed(one, 'Spring Hack')
    await world.settle()
    await choose(one, 'EMAIL', false)
    world.clock.advance(hour)
    expect(await mailsTo(one)).toEqual([])
    expect(await statusOf(one)).toEqual(['EMPTY'])
  })

  it('waits for the end of quiet hours', async () => {
    const one = await reader()
    world.clock.set(new Date('2035-01-01T12:00:00.000Z'))
    const windows = [{ weekday: 'MONDAY', startsAt: '12:30', endsAt: '14:00' }]
    await one.mutate('setQuietHours', { timezone: 'UTC', windows }, 'quietHours { timezone }')
    await changed(one, 'Spring Hack')
    await world.settle()
    world.clock.advance(hour)
    expect(await mailsTo(one)).toEqual([])
    expect(await statusesOf(world, one)).toContain('EMAIL DEFERRED QUIET_HOURS')
    world.clock.advance(hour)
    expect((await mailsTo(one)).map(({ subject }) => subject)).toEqual(['Spring Hack has changed'])
  })
})

describe('several processes', () => {
  const outlets = {} as Outlets

  it('send one digest of what they gathered at once', async () => {
    const one = await reader()
    await Promise.all(times(20, (index) => changed(one, `Event ${index}`)))
    await world.settle()
    const rows = await world.rows(digests, eq(digests.recipientId, one.userId))
    expect(rows).toHaveLength(1)
    expect(await world.rows(digestItems, eq(digestItems.digestId, rows[0]?.id ?? ''))).toHaveLength(20)
    world.clock.advance(hour)
    const ctx = ownContext(world)
    await Promise.all(times(10, () => digestWork.step(ctx, outlets)))
    expect((await mailsTo(one)).map(({ subject }) => subject)).toEqual([
      expect.stringMatching(/^Event \d+ has changed, and 19 more$/),
    ])
  })

  it('send what one of them was killed with', async () => {
    const one = await reader()
    await changed(one, 'Spring Hack')
    await world.settle()
    world.clock.advance(hour)
    const ctx = ownContext(world)
    const killed: Context = {
      ...ctx,
      transaction: (name, work) =>
        ctx.transaction(name, async (tx) => {
          await work(tx)
          throw new Error('killed')
        }),
    }
    await expect(digestWork.step(killed, outlets)).rejects.toThrow('killed')
    expect(await statusOf(one)).toEqual(['CLOSED'])
    expect((await mailsTo(one)).map(({ subject }) => subject)).toEqual(['Spring Hack has changed'])
    expect(await statusOf(one)).toEqual(['SENT'])
  })

  it('lose nothing that comes while digests close', async () => {
    const people = await Promise.all(times(5, reader))
    for (const round of times(4, (index) => index)) {
      await Promise.all([
        ...people.map((one) => changed(one, `Event ${round}`)),
        digestWork.step(ownContext(world), outlets),
      ])
      world.clock.advance(hour / 2)
    }
    await world.settle()
    world.clock.advance(hour)
    for (const one of people) {
      const told = (await mailsTo(one)).flatMap(({ text }) => text.match(/Event \d has changed/g) ?? [])
      expect([...new Set(told)].sort()).toEqual(times(4, (round) => `Event ${round} has changed`))
      expect((await statusOf(one)).filter((status) => status !== 'SENT')).toEqual([])
    }
  })

  it('forget what was sent after a month', async () => {
    world.clock.advance(31 * 24 * hour)
    await forgetOldDigests(ownContext(world))
    expect(await world.rows(digests)).toEqual([])
    expect(await world.rows(digestItems)).toEqual([])
  })
})
