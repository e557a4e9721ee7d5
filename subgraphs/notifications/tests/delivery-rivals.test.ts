import { createWorld, type World } from '@guildhall/kit/testing/world'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { leaseMs } from '../deliveries/lease.ts'
import { sendBatch } from '../deliveries/work.ts'
import { addressed, statusesOf } from './delivery-support.ts'
import { noticeFor, ownContext, tell, times } from './support.ts'

let world: World
beforeAll(async () => {
  world = await createWorld()
})
afterAll(() => world.close())

const count = 200
const confirmed = (title: string) => ({ type: 'registration.confirmed', title }) as const

it('of many workers, one sends each', async () => {
  const people = await Promise.all(times(count, () => addressed(world)))
  await tell(
    world,
    people.map(({ userId }, no) => noticeFor(userId, confirmed(`Seat ${no}`))),
  )
  const outlets = { mail: world.mail, push: world.push, tally: () => {} }
  const work = async () => {
    while ((await sendBatch(ownContext(world), outlets)) > 0);
  }
  await Promise.all(times(8, work))
  const subjects = (await world.mails()).map(({ subject }) => subject)
  expect(subjects.toSorted()).toEqual(times(count, (no) => `Seat ${no}`).toSorted())
})

it('what a worker held that died is sent when its lease is over, and not before', async () => {
  const ada = await addressed(world)
  let isDead = true
  let begun = 0
  const dying = {
    ...world.mail,
    // Takes the mail, and is never heard of again.
    send: () => {
      begun += 1
      return isDead ? new Promise<void>(() => {}) : Promise.resolve()
    },
  }
  world.mail.answer = () => {
    throw new Error('away')
  }
  await tell(world, [noticeFor(ada.userId, confirmed('Seat of Ada'))])
  await world.settle()
  world.mail.answer = () => {}
  world.clock.advance(leaseMs)
  void sendBatch(ownContext(world), { mail: dying, push: world.push, tally: () => {} })
  await world.settle()
  const [status] = await statusesOf(world, ada)
  isDead = false
  // Whichever of the two took it: one mail is under way or sent, not both.
  expect(begun + (await world.mails(ada.email)).length).toBe(1)
  expect(['EMAIL SENDING', 'EMAIL SENT', 'EMAIL PENDING', 'EMAIL RETRY']).toContain(status)
  world.clock.advance(leaseMs)
  expect(await world.mails(ada.email)).toHaveLength(1)
  expect((await statusesOf(world, ada))[0]).toBe('EMAIL SENT')
})
