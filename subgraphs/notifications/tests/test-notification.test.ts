import { newId } from '@guildhall/kit/ids'
import { createWorld, type Person, type World } from '@guildhall/kit/testing/world'
import { eq } from 'drizzle-orm'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { deliveries, notifications } from '../tables.ts'
import { addressed, reading, statusesOf } from './delivery-support.ts'
import { inboxOf, times } from './support.ts'

let world: World
beforeAll(async () => {
  world = await createWorld()
})
afterAll(() => world.close())
afterEach(() => {
  world.push.answer = () => {}
})

interface Tested {
  notification: { id: string; title: string; body: string | null } | null
}
const test = (person: Person, input: object) =>
  person.mutate<Tested>('sendTestNotification', input, 'notification { id title body }')
const phone = async (person: Person, label: string) => {
  const token = `${newId('dvc')}:${label}`
  const { device } = await person.mutate<{ device: { id: string } }>(
    'registerDevice',
    { platform: 'FCM', token, label },
    'device { id }',
  )
  return { id: device.id, token }
}

/** What somebody sees of their test once everything has gone its way. */
const becameOf = async (person: Person, { notification }: Tested) => {
  await world.settle()
  const seen = await person.entity<{
    deliveries: { channel: string; status: string; reason: string | null }[]
  }>('notifications', 'Notification', notification?.id ?? '', 'deliveries { channel status reason }')
  return seen?.deliveries.map((one) => [one.channel, one.status, one.reason])
}
const pushedTo = ({ notification }: Tested) =>
  world.push.sent
    .filter(({ message }) => message.data.notificationId === notification?.id)
    .map(({ target }) => (target.platform === 'FCM' ? target.token : ''))

describe('somebody who sends themselves a test', () => {
  it('by mail has it, and sees that it was sent', async () => {
    const one = await addressed(world)
    const tested = await test(one, { channel: 'EMAIL' })
    expect(tested).toMatchObject({
      notification: { title: 'The test that you asked for', body: 'It was sent to you by mail as well.' },
      userErrors: [],
    })
    expect(await becameOf(one, tested)).toEqual([['EMAIL', 'SENT', null]])
    const mails = await world.mails(one.email)
    expect(mails.map(({ subject, text }) => [subject, text.split('\n\n')[1]])).toEqual([
      ['The test that you asked for', 'As you read this, mail from Guildhall reaches you.'],
    ])
  })

  it('to one device has it there alone, in their language', async () => {
    const one = await reading(world, 'de')
    const [first] = [await phone(one, 'first'), await phone(one, 'second')]
    const tested = await test(one, { channel: 'PUSH', deviceId: first?.id })
    expect(await becameOf(one, tested)).toEqual([['PUSH', 'SENT', null]])
    expect(pushedTo(tested)).toEqual([first?.token])
    expect(world.push.sent.at(-1)?.message).toMatchObject({
      title: 'Der Test, um den Sie gebeten haben',
      body: 'Dieses Gerät erreichen wir.',
    })
    const everywhere = await test(one, { channel: 'PUSH' })
    await becameOf(one, everywhere)
    expect(pushedTo(everywhere)).toHaveLength(3)
  })

  it('in the app has it there, and it goes nowhere else', async () => {
    const one = await addressed(world)
    const tested = await test(one, { channel: 'IN_APP' })
    expect(tested.notification?.body).toBeNull()
    expect(await becameOf(one, tested)).toEqual([])
    expect((await inboxOf(world, one)).map(({ type }) => type)).toEqual(['test.requested'])
  })

  it('where it does not come learns why', async () => {
    const nobody = world.person()
    const unverified = await addressed(world, { isVerified: false, status: 'PENDING_VERIFICATION' })
    expect(await becameOf(nobody, await test(nobody, { channel: 'PUSH' }))).toEqual([
      ['PUSH', 'SKIPPED', 'NO_DEVICE'],
    ])
    expect(await becameOf(unverified, await test(unverified, { channel: 'EMAIL' }))).toEqual([
      ['EMAIL', 'SKIPPED', 'NO_ADDRESS'],
    ])
  })

  it('has it also by a way that they have turned off', async () => {
    const one = await addressed(world)
    const off = { channel: 'EMAIL', isEnabled: false }
    await one.mutate('setNotificationChannel', off, 'preferences { isEnabled }')
    expect(await becameOf(one, await test(one, { channel: 'EMAIL' }))).toEqual([['EMAIL', 'SENT', null]])
  })

  it('to a device that goes away meanwhile sends it to no other', async () => {
    const one = world.person()
    const [first] = [await phone(one, 'first'), await phone(one, 'second')]
    world.push.answer = () => {
      throw new Error('the network is away')
    }
    const tested = await test(one, { channel: 'PUSH', deviceId: first?.id })
    expect(await becameOf(one, tested)).toEqual([['PUSH', 'RETRY', null]])
    await one.mutate('removeDevice', { id: first?.id }, 'isRemoved')
    world.push.answer = () => {}
    world.clock.advance(3_600_000)
    expect(await becameOf(one, tested)).toEqual([['PUSH', 'SKIPPED', 'NO_DEVICE']])
    expect(pushedTo(tested)).toEqual([])
  })
})

describe('tests', () => {
  it('go each way at most once a minute, of any number of rivals', async () => {
    const one = await addressed(world)
    const device = await phone(one, 'first')
    const tries = (input: object) =>
      Promise.all(
        times(10, () =>
          test(one, input).then(
            () => 'sent',
            (error: Error) => /"code":"(RATE_LIMITED)"/.exec(error.message)?.[1] ?? error.message,
          ),
        ),
      )
    const oneOfTen = [...times(9, () => 'RATE_LIMITED'), 'sent']
    expect((await tries({ channel: 'EMAIL' })).sort()).toEqual(oneOfTen)
    expect((await tries({ channel: 'PUSH' })).sort()).toEqual(oneOfTen)
    expect((await tries({ channel: 'PUSH', deviceId: device.id })).sort()).toEqual(oneOfTen)
    expect(await world.mails(one.email)).toHaveLength(1)
    expect((await statusesOf(world, one)).sort()).toEqual(['EMAIL SENT', 'PUSH SENT', 'PUSH SENT'])
    world.clock.advance(59_999)
    await expect(test(one, { channel: 'EMAIL' })).rejects.toThrow('RATE_LIMITED')
    world.clock.advance(1)
    await test(one, { channel: 'EMAIL' })
    expect(await world.mails(one.email)).toHaveLength(2)
  })

  it('are one when they are sent with one key', async () => {
    const one = await addressed(world)
    const input = { channel: 'EMAIL', idempotencyKey: newId('ntf') }
    const first = await test(one, input)
    expect(await test(one, input)).toEqual(first)
    expect(await world.mails(one.email)).toHaveLength(1)
  })

  it.each<[what: string, input: () => Promise<object>, problem: string]>([
    [
      'a device of somebody else',
      async () => ({ channel: 'PUSH', deviceId: (await phone(world.person(), 'x')).id }),
      'NOT_FOUND',
    ],
    ['no device at all', async () => ({ channel: 'PUSH', deviceId: 'my phone' }), 'NOT_FOUND'],
    ['a device by mail', async () => ({ channel: 'EMAIL', deviceId: newId('dvc') }), 'INVALID_VALUE'],
  ])('for %s are refused', async (_what, input, code) => {
    const one = await addressed(world)
    expect(await test(one, await input())).toMatchObject({
      notification: null,
      userErrors: [{ code, path: ['input', 'deviceId'] }],
    })
    expect(await world.rows(notifications, eq(notifications.recipientId, one.userId))).toEqual([])
    expect(await world.rows(deliveries, eq(deliveries.recipientId, one.userId))).toEqual([])
  })

  it('are for those who are logged in', async () => {
    const mutation = 'mutation { sendTestNotification(input: { channel: IN_APP }) { userErrors { code } } }'
    const { errors } = await world.anonymous.run(mutation)
    expect(errors.map(({ code }) => code)).toEqual(['UNAUTHENTICATED'])
  })
})
