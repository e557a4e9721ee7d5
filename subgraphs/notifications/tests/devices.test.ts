import { createECDH, randomBytes } from 'node:crypto'
import { PushDelayed, PushRefused, PushTargetGone } from '@guildhall/kit/push/message'
import { createWorld, type Person, type World } from '@guildhall/kit/testing/world'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { devicesMax } from '../commands/register-device.ts'
import { forgetUnseenDevices, unseenDays } from '../devices/retention.ts'
import { devices } from '../tables.ts'
import { deliveriesOf, statusesOf } from './delivery-support.ts'
import { inboxOf, noticeFor, ownContext, tell, times } from './support.ts'

let world: World
beforeAll(async () => {
  world = await createWorld()
})
afterAll(() => world.close())
afterEach(() => {
  world.push.answer = () => {}
})

const freshToken = () => randomBytes(60).toString('base64url')
const selection = 'device { id platform label }'

const register = (person: Person, input: object) =>
  person.mutate<{ device: { id: string; platform: string; label: string | null } | null }>(
    'registerDevice',
    input,
    selection,
  )
const phone = (person: Person, token = freshToken(), label = 'Phone') =>
  register(person, { platform: 'FCM', token, label })

const seenBy = async (person: Person, of = person) =>
  (
    await person.entity<{ devices: { label: string }[] | null }>(
      'notifications',
      'User',
      of.userId,
      'devices { label }',
    )
  )?.devices?.map(({ label }) => label) ?? null

/** Tokens to which something was pushed for a person. */
const pushedTo = async (person: Person): Promise<(string | undefined)[]> => {
  await world.settle()
  const ids = new Set((await inboxOf(world, person)).map(({ id }) => id))
  return world.push.sent
    .filter(({ message }) => ids.has(message.data.notificationId ?? ''))
    .map(({ target }) => (target.platform === 'FCM' ? target.token : target.endpoint))
}

const statusOf = async (person: Person) =>
  (await statusesOf(world, person)).filter((text) => text.startsWith('PUSH'))

describe('a device', () => {
  it('is registered again by the same owner as the same, and its address is nowhere to be read', async () => {
    const ada = world.person()
    const token = freshToken()
    const first = await phone(ada, token)
    const again = await phone(ada, token, 'New phone')
    expect(again.device).toEqual({ ...first.device, label: 'New phone' })
    expect(await seenBy(ada)).toEqual(['New phone'])
    expect(await seenBy(world.person(), ada)).toBeNull()
    expect(JSON.stringify(await world.rows(devices))).not.toContain(token)
  })

  it('belongs to whoever registered it last: nobody gets what is for another', async () => {
    const [ada, ben] = [world.person(), world.person()]
    const token = freshToken()
    await phone(ada, token)
    await phone(ben, token)
    expect([await seenBy(ada), await seenBy(ben)]).toEqual([[], ['Phone']])
    await tell(world, [noticeFor(ada.userId), noticeFor(ben.userId)])
    expect([await pushedTo(ada), await pushedTo(ben)]).toEqual([[], [token]])
    expect([await statusOf(ada), await statusOf(ben)]).toEqual([['PUSH SKIPPED NO_DEVICE'], ['PUSH SENT']])
  })

  it('is one row however many register it at once, and nobody has too many', async () => {
    const people = times(3, () => world.person())
    const shared = freshToken()
    await Promise.all(people.flatMap((person) => [phone(person, shared), phone(person, shared)]))
    const owners = await Promise.all(people.map((person) => seenBy(person)))
    expect(owners.flat()).toEqual(['Phone'])
    const [ada] = people
    if (!ada) throw new Error('there is nobody')
    for (const _ of times(5, (no) => no)) await Promise.all(times(devicesMax / 4, () => phone(ada)))
    expect(await seenBy(ada)).toHaveLength(devicesMax)
  })

  it.each([
    [{ platform: 'FCM', token: 'short' }, 'token'],
    [{ platform: 'FCM', token: `${'x'.repeat(30)} y` }, 'token'],
    [{ platform: 'FCM' }, 'token'],
    [{ platform: 'WEBPUSH' }, 'subscription'],
    [{ platform: 'WEBPUSH', subscription: browser({ endpoint: 'https://10.0.0.1/x' }) }, 'subscription'],
    [
      { platform: 'WEBPUSH', subscription: browser({ endpoint: 'http://push.example.org/x' }) },
      'subscription',
    ],
    [{ platform: 'WEBPUSH', subscription: browser({ auth: 'AAAA' }) }, 'subscription'],
    [
      { platform: 'WEBPUSH', subscription: browser({ p256dh: Buffer.alloc(65, 4).toString('base64url') }) },
      'subscription',
    ],
  ])('is refused when it cannot be one: %j', async (input, field) => {
    const { device, userErrors } = await register(world.person(), input)
    expect(device).toBeNull()
    expect(userErrors).toMatchObject([{ code: 'DEVICE_TOKEN_INVALID', path: ['input', field] }])
  })

  it('is removed by its owner alone, and forgotten when it is not seen for long', async () => {
    const [ada, ben] = [world.person(), world.person()]
    const { device } = await phone(ada)
    const remove = (person: Person) => person.mutate('removeDevice', { id: device?.id }, 'isRemoved')
    expect((await remove(ben)).userErrors).toMatchObject([{ code: 'NOT_FOUND' }])
    expect(await remove(ada)).toMatchObject({ isRemoved: true, userErrors: [] })
    await phone(ada)
    world.clock.advance((unseenDays + 1) * 86_400_000)
    await phone(ben)
    await forgetUnseenDevices(ownContext(world))
    expect([await seenBy(ada), await seenBy(ben)]).toEqual([[], ['Phone']])
  })
})

describe('a push message', () => {
  it('goes to every device once, also when one of them has to wait', async () => {
    const ada = world.person()
    const [ready, busy] = [freshToken(), freshToken()]
    await phone(ada, ready)
    await phone(ada, busy)
    world.push.answer = ({ target }) => {
      if (target.platform === 'FCM' && target.token === busy)
        throw new PushDelayed('FCM answered 429', 3_600_000)
    }
    await tell(world, [noticeFor(ada.userId)])
    expect(await pushedTo(ada)).toEqual([ready])
    const waiting = (await deliveriesOf(world, ada)).find(({ channel }) => channel === 'PUSH')
    expect(waiting?.status).toBe('RETRY')
    expect((waiting?.nextAt.getTime() ?? 0) - world.clock.now().getTime()).toBe(3_600_000)
    world.push.answer = () => {}
    world.clock.advance(3_600_000)
    expect(await pushedTo(ada)).toEqual([ready, busy])
    expect(await statusOf(ada)).toEqual(['PUSH SENT'])
    const [row] = await inboxOf(world, ada)
    expect(world.push.sent.at(-1)?.message).toEqual({
      title: 'Your team handed in Solar Kettle',
      body: null,
      data: { notificationId: row?.id, type: 'project.submitted' },
      tag: row?.id.slice(4),
      isUrgent: false,
      ttlSeconds: 86_400,
    })
  })

  it('forgets a device that is gone, but none that cannot be reached', async () => {
    const [ada, ben] = [world.person(), world.person()]
    await phone(ada)
    world.push.answer = () => {
      throw new PushTargetGone('UNREGISTERED')
    }
    await tell(world, [noticeFor(ada.userId)])
    await world.settle()
    expect([await seenBy(ada), await statusOf(ada)]).toEqual([[], ['PUSH SKIPPED NO_DEVICE']])

    await phone(ben)
    world.push.answer = () => {
      throw new Error('the network is away')
    }
    await tell(world, [noticeFor(ben.userId)])
    await world.settle()
    expect(await statusOf(ben)).toEqual(['PUSH RETRY'])
    expect(await seenBy(ben)).toEqual(['Phone'])
  })

  it('of which its service says that it is gone leaves a device alone that was registered again meanwhile', async () => {
    const ada = world.person()
    const token = freshToken()
    await phone(ada, token)
    const { send } = world.push
    world.push.send = async () => {
      world.clock.advance(1)
      await phone(ada, token, 'Phone, installed anew')
      throw new PushTargetGone('UNREGISTERED')
    }
    try {
      await tell(world, [noticeFor(ada.userId)])
      await world.settle()
    } finally {
      world.push.send = send
    }
    expect([await seenBy(ada), await statusOf(ada)]).toEqual([
      ['Phone, installed anew'],
      ['PUSH SKIPPED NO_DEVICE'],
    ])
    await tell(world, [noticeFor(ada.userId)])
    expect(await pushedTo(ada)).toEqual([token])
  })

  it('that is refused is given up, unless another device has taken it', async () => {
    const [ada, ben] = [world.person(), world.person()]
    const refusing = freshToken()
    await phone(ada, refusing)
    await phone(ben)
    const second = refusing.split('').reverse().join('')
    await phone(ben, second)
    world.push.answer = ({ target }) => {
      if (target.platform === 'FCM' && [refusing, second].includes(target.token)) throw new PushRefused('400')
    }
    await tell(world, [noticeFor(ada.userId), noticeFor(ben.userId)])
    await world.settle()
    expect([await statusOf(ada), await statusOf(ben)]).toEqual([['PUSH DEAD REFUSED'], ['PUSH SENT']])
  })
})

it('browsers are told the key only where there is one', async () => {
  expect((await world.anonymous.run('{ webPushPublicKey }')).data).toEqual({ webPushPublicKey: null })
  const { device } = await register(world.person(), { platform: 'WEBPUSH', subscription: browser({}) })
  expect(device).toMatchObject({ platform: 'WEBPUSH', label: null })
})

function browser(more: object) {
  return {
    endpoint: `https://push.example.org/${freshToken()}`,
    p256dh: createECDH('prime256v1').generateKeys().toString('base64url'),
    auth: randomBytes(16).toString('base64url'),
    ...more,
  }
}
