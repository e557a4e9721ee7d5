import { MailAddressRefused, MailRefused } from '@guildhall/kit/mail/message'
import { createWorld, type World } from '@guildhall/kit/testing/world'
import { eq } from 'drizzle-orm'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { attemptsMax } from '../domain/delivery.ts'
import { mailSuppressions, notifications } from '../tables.ts'
import { addressed, deliveriesOf, operator, statusesOf } from './delivery-support.ts'
import { countsOf, inboxOf, noticeFor, tell } from './support.ts'

const hour = 3_600_000

let world: World
beforeAll(async () => {
  world = await createWorld()
})
afterAll(() => world.close())
afterEach(() => {
  world.mail.answer = () => {}
})

const confirmed = { type: 'registration.confirmed', title: 'Your seat is confirmed' } as const

describe('a notification that is mailed', () => {
  it('goes to the verified address, and its recipient sees that it did', async () => {
    const ada = await addressed(world)
    await tell(world, [noticeFor(ada.userId, confirmed)])
    expect((await world.mails(ada.email)).map(({ subject, kind }) => [subject, kind])).toEqual([
      ['Your seat is confirmed', 'registration.confirmed'],
    ])
    const [row] = await inboxOf(world, ada)
    const seen = await ada.entity(
      'notifications',
      'Notification',
      row?.id ?? '',
      'deliveries { channel status reason changedAt attemptCount nextAttemptAt lastError nextStatuses type recipient { id } }',
    )
    const own = {
      type: 'registration.confirmed',
      recipient: { id: ada.userId },
      nextAttemptAt: null,
      lastError: null,
    }
    const changedAt = world.clock.now().toISOString()
    expect(seen).toEqual({
      deliveries: [
        {
          ...own,
          channel: 'EMAIL',
          status: 'SENT',
          reason: null,
          changedAt,
          attemptCount: 1,
          nextStatuses: ['DELIVERED', 'BOUNCED'],
        },
        {
          ...own,
          channel: 'PUSH',
          status: 'SKIPPED',
          reason: 'NO_DEVICE',
          changedAt,
          attemptCount: 0,
          nextStatuses: [],
        },
      ],
    })
    expect(
      await world.person().entity('notifications', 'Notification', row?.id ?? '', 'deliveries { id }'),
    ).toBeNull()
  })

  it.each([
    ['whose address is not verified', { isVerified: false, status: 'PENDING_VERIFICATION' }],
    ['who is suspended', { status: 'SUSPENDED' }],
    ['who has left', { status: 'DEACTIVATED' }],
  ])('does not go to somebody %s', async (_who, how) => {
    const ada = await addressed(world, how)
    await tell(world, [noticeFor(ada.userId, confirmed)])
    expect(await world.mails(ada.email)).toEqual([])
    expect(await statusesOf(world, ada)).toEqual(['EMAIL SKIPPED NO_ADDRESS', 'PUSH SKIPPED NO_DEVICE'])
  })

  it('is not wanted by type: it is skipped and says so', async () => {
    const ada = await addressed(world)
    await tell(world, [noticeFor(ada.userId, { type: 'project.submitted' })])
    expect(await world.mails(ada.email)).toEqual([])
    expect(await statusesOf(world, ada)).toEqual(['EMAIL SKIPPED PREFERENCE', 'PUSH SKIPPED NO_DEVICE'])
  })

  it('leaves although it is not wanted in the app, where it is not counted', async () => {
    const ada = await addressed(world)
    await ada.mutate(
      'setNotificationPreference',
      { category: 'REGISTRATIONS', channel: 'IN_APP', isEnabled: false },
      'preference { isEnabled }',
    )
    const { delivered, suppressed } = await tell(world, [noticeFor(ada.userId, confirmed)])
    expect([delivered, [...suppressed]]).toEqual([[], [[ada.userId, 'PREFERENCE']]])
    expect(await world.mails(ada.email)).toHaveLength(1)
    expect(await world.rows(notifications, eq(notifications.recipientId, ada.userId))).toMatchObject([
      { seq: null },
    ])
    expect(await countsOf(world, ada)).toMatchObject({ counter: 0, seq: 0 })
    expect(
      await ada.entity(
        'notifications',
        'User',
        ada.userId,
        'unreadNotificationCount notifications { nodes { id } }',
      ),
    ).toEqual({ unreadNotificationCount: 0, notifications: { nodes: [] } })
  })

  it('is asked for again when it is sent: what changed meanwhile counts', async () => {
    const ada = await addressed(world)
    world.mail.answer = () => {
      throw new Error('451 try again later')
    }
    await tell(world, [noticeFor(ada.userId, confirmed)])
    await world.settle()
    expect((await statusesOf(world, ada))[0]).toBe('EMAIL RETRY')
    world.mail.answer = () => {}
    await ada.mutate(
      'setNotificationPreference',
      { category: 'REGISTRATIONS', channel: 'EMAIL', isEnabled: false },
      'preference { isEnabled }',
    )
    world.clock.advance(hour)
    expect(await world.mails(ada.email)).toEqual([])
    expect((await statusesOf(world, ada))[0]).toBe('EMAIL SKIPPED PREFERENCE')
  })
})

describe('a mail that fails', () => {
  it('is tried again after a while that grows, given up in the end, and requeued by an operator', async () => {
    const ada = await addressed(world)
    world.mail.answer = ({ to }) => {
      if (to === ada.email)
        throw new Error(`connect ECONNREFUSED, for ${ada.email} see https://relay.example/x`)
    }
    await tell(world, [noticeFor(ada.userId, confirmed)])
    const waits: number[] = []
    for (let attempt = 1; attempt < attemptsMax; attempt++) {
      await world.settle()
      const [row] = await deliveriesOf(world, ada)
      expect([row?.status, row?.attempts]).toEqual(['RETRY', attempt])
      waits.push((row?.nextAt.getTime() ?? 0) - world.clock.now().getTime())
      world.clock.set(row?.nextAt ?? world.clock.now())
    }
    expect(waits.every((wait, place) => place === 0 || wait > (waits[place - 1] ?? 0))).toBe(true)
    await world.settle()
    const [dead] = await deliveriesOf(world, ada)
    expect([dead?.status, dead?.reason, dead?.attempts]).toEqual(['DEAD', 'GIVEN_UP', attemptsMax])
    expect(dead?.lastError).toBe('connect ECONNREFUSED, for …@… see …')

    const admin = operator(world)
    const listed = await admin.run<{ notificationDeliveries: object }>(
      `query ($who: ID) { notificationDeliveries(filter: { status: [DEAD], recipientId: $who }) { totalCount nodes { id status reason lastError nextStatuses recipient { id } } } }`,
      { who: ada.userId },
    )
    expect(listed.data.notificationDeliveries).toEqual({
      totalCount: 1,
      nodes: [
        {
          id: dead?.id,
          status: 'DEAD',
          reason: 'GIVEN_UP',
          lastError: 'connect ECONNREFUSED, for …@… see …',
          nextStatuses: ['PENDING'],
          recipient: { id: ada.userId },
        },
      ],
    })
    world.mail.answer = () => {}
    const requeue = () =>
      admin.mutate<{ delivery: object | null }>(
        'requeueDelivery',
        { id: dead?.id },
        'delivery { status attemptCount }',
      )
    expect((await requeue()).delivery).toEqual({ status: 'PENDING', attemptCount: 0 })
    expect(await world.mails(ada.email)).toHaveLength(1)
    const [sent] = await deliveriesOf(world, ada)
    expect([sent?.status, sent?.attempts, sent?.lastError]).toEqual(['SENT', 1, null])
    const { delivery, userErrors } = await requeue()
    expect(delivery).toBeNull()
    expect(userErrors).toMatchObject([{ code: 'INVALID_STATE_TRANSITION', path: ['input', 'id'] }])
  })

  it('ends at once when its content is refused', async () => {
    const ada = await addressed(world)
    world.mail.answer = () => {
      throw new MailRefused('554 looks like spam')
    }
    await tell(world, [noticeFor(ada.userId, confirmed)])
    await world.settle()
    expect((await statusesOf(world, ada))[0]).toBe('EMAIL DEAD REFUSED')
  })

  it('for want of a mailbox is the last to that address', async () => {
    const ada = await addressed(world)
    const before = (await world.rows(mailSuppressions)).length
    world.mail.answer = () => {
      throw new MailAddressRefused('550 5.1.1 no such user')
    }
    await tell(world, [noticeFor(ada.userId, confirmed)])
    await world.settle()
    world.mail.answer = () => {}
    await tell(world, [noticeFor(ada.userId, confirmed)])
    expect(await world.mails(ada.email)).toEqual([])
    expect((await statusesOf(world, ada)).filter((text) => text.startsWith('EMAIL'))).toEqual([
      'EMAIL BOUNCED BOUNCE',
      'EMAIL SKIPPED SUPPRESSED',
    ])
    const rows = await world.rows(mailSuppressions)
    expect(rows).toHaveLength(before + 1)
    expect(JSON.stringify(rows)).not.toContain(ada.email)
  })
})

describe('an operator', () => {
  it('is told when there is no such delivery, and nobody else may ask', async () => {
    const input = { id: 'dlv_01h455vb4pex5vsknk084sn02q' }
    const { userErrors } = await operator(world).mutate('requeueDelivery', input, 'delivery { id }')
    expect(userErrors).toMatchObject([{ code: 'NOT_FOUND', path: ['input', 'id'] }])
    const { errors } = await world.person().run('{ notificationDeliveries { totalCount } }')
    expect(errors.map(({ code }) => code)).toEqual(['FORBIDDEN'])
  })
})

it('a person who is forgotten takes deliveries and devices along', async () => {
  const ada = await addressed(world)
  await tell(world, [noticeFor(ada.userId, confirmed)])
  await world.settle()
  const subgraph = world.host.subgraphs.notifications
  await subgraph?.execute({
    query: 'mutation ($id: ID!) { erasePerson(input: { userId: $id }) { isErased } }',
    variables: { id: ada.userId },
    context: await world.signer({ kind: 'service', service: 'identity' }),
  })
  expect(await deliveriesOf(world, ada)).toEqual([])
  expect((await world.rows(notifications)).some(({ recipientId }) => recipientId === ada.userId)).toBe(false)
})
