import { newId } from '@guildhall/kit/ids'
import { createWorld, type World } from '@guildhall/kit/testing/world'
import { registrationConfirmed, registrationOffered } from '@guildhall/participants/contract'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Addressed, addressed, deliveriesOf, reading } from './delivery-support.ts'
import { inboxOf, noticeFor, publish, tell } from './support.ts'

let world: World
beforeAll(async () => {
  world = await createWorld()
})
afterAll(() => world.close())

const facts = (userId: string) => ({
  registrationId: newId('reg'),
  eventId: newId('evt'),
  eventTitle: 'Spring Hack',
  organizationId: newId('org'),
  userId,
  number: 1_007,
  partySize: 2,
  category: 'PARTICIPANT' as const,
  version: 1,
  actorId: null,
})
const offerTo = ({ userId }: Addressed) =>
  publish(world, registrationOffered, {
    ...facts(userId),
    status: 'OFFERED',
    offerExpiresAt: '2030-07-01T22:30:00.000Z',
  })

/** What the latest notification of a person says, way by way. */
async function readBy(one: Addressed) {
  const [inApp] = (await inboxOf(world, one)).slice(-1)
  const [mail] = (await world.mails(one.email)).slice(-1)
  const pushed = world.push.sent.findLast(({ message }) => message.data.notificationId === inApp?.id)?.message
  return {
    inApp: [inApp?.title, inApp?.body],
    mail: [mail?.subject, mail?.text.slice(0, mail.text.indexOf('\n\n-- \n'))],
    push: [pushed?.title, pushed?.body],
  }
}

describe('a type with words of their own for mail and push', () => {
  it('says each by its way, in English', async () => {
    const one = await reading(world, 'en')
    await offerTo(one)
    expect(await readBy(one)).toEqual({
      inApp: [
        'A seat at Spring Hack is yours if you want it',
        'Accept it before July 2, 2030 at 12:30 AM GMT+2.',
      ],
      mail: [
        'A seat at Spring Hack is yours if you want it',
        `A seat at Spring Hack is yours if you want it

A seat has become free, and it is kept for you. Accept it before July 2, 2030 at 12:30 AM GMT+2: then it goes to whoever is next on the waitlist.

If you know already that you will not come, decline it, and they have it sooner.`,
      ],
      push: ['Spring Hack: a seat is free for you', 'Accept it before July 2 at 12:30 AM GMT+2.'],
    })
  })

  it('says each by its way, in German', async () => {
    const one = await reading(world, 'de-CH')
    await publish(world, registrationConfirmed, { ...facts(one.userId), status: 'CONFIRMED' })
    expect(await readBy(one)).toEqual({
      inApp: ['Sie haben einen Platz bei Spring Hack', null],
      mail: [
        'Sie haben einen Platz bei Spring Hack',
        `Sie haben einen Platz bei Spring Hack

Ihre 2 Plätze sind sicher; die Anmeldung hat die Nummer 1007.

Ihr Ticket finden Sie bei der Anmeldung: Zeigen Sie es am Einlass vor.

Wenn Sie nicht kommen können, ziehen Sie die Anmeldung zurück: Dann wird der Platz für andere frei.`,
      ],
      push: ['Spring Hack: Sie haben einen Platz', null],
    })
  })

  it('keeps them when it is sent again', async () => {
    const one = await reading(world, 'en')
    world.mail.answer = () => {
      throw new Error('451 try again later')
    }
    await offerTo(one)
    world.mail.answer = () => {}
    expect(await world.mails(one.email)).toEqual([])
    world.clock.advance(3_600_000)
    expect((await world.mails(one.email))[0]?.text).toContain('decline it, and they have it sooner.')
  })
})

describe('a notice', () => {
  const mail = { title: 'What has changed at Spring Hack', body: 'It begins an hour later.' }
  const changed = (one: Addressed, title: string) =>
    tell(world, [
      noticeFor(one.userId, { type: 'event.updated', title, scopeIds: [], ownWords: { EMAIL: mail } }),
    ])
  const wanting = async () => {
    const one = await addressed(world)
    const choice = { category: 'EVENTS', channel: 'EMAIL', isEnabled: true }
    await one.mutate('setNotificationPreference', choice, 'preference { isEnabled }')
    return one
  }
  const mailed = async (one: Addressed) =>
    (await world.mails(one.email)).map(({ subject, text }) => [subject, text.split('\n\n')[1]])

  it('that was gathered alone says what it would have said by itself', async () => {
    const one = await wanting()
    await changed(one, 'Spring Hack has changed')
    await world.settle()
    world.clock.advance(3_600_000)
    expect(await mailed(one)).toEqual([[mail.title, mail.body]])
  })

  it('that was gathered with others is in their list as in the app', async () => {
    const one = await wanting()
    for (const title of ['Spring Hack has changed', 'Summer Camp has changed']) await changed(one, title)
    await world.settle()
    world.clock.advance(3_600_000)
    expect(await mailed(one)).toEqual([
      ['Spring Hack has changed, and 1 more', '• Spring Hack has changed\n• Summer Camp has changed'],
    ])
  })

  it('that says the same by every way is not kept twice', async () => {
    const one = await addressed(world)
    await tell(world, [noticeFor(one.userId, { type: 'registration.confirmed' })])
    expect((await deliveriesOf(world, one)).map(({ title, body }) => [title, body])).toEqual([
      [null, null],
      [null, null],
    ])
  })
})
