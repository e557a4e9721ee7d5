import { seededRandom } from '@guildhall/kit/testing/seeded-random'
import { createWorld, type World } from '@guildhall/kit/testing/world'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { waitMs } from '../domain/delivery.ts'
import { addressed, deliveriesOf } from './delivery-support.ts'
import { noticeFor, tell } from './support.ts'

const seed = Number(process.env.SEED ?? Date.now() % 1_000_000)

describe('the wait after an attempt that failed', () => {
  it.each([
    [1, 24_000, 30_000, 36_000],
    [2, 71_851, 89_814, 107_777],
    [3, 215_107, 268_884, 322_661],
    [4, 643_988, 804_984, 965_981],
    [5, 1_927_967, 2_409_959, 2_891_950],
    [6, 5_771_938, 7_214_922, 8_657_907],
    [7, 17_280_000, 21_600_000, 25_920_000],
    [8, 17_280_000, 21_600_000, 25_920_000],
    [9, 17_280_000, 21_600_000, 25_920_000],
  ])('number %i is %i to %i to %i ms', (attempts, shortest, middle, longest) => {
    const waits = [0, 0.5, 1].map((random) => Math.round(waitMs(attempts, random, null)))
    expect(waits).toEqual([shortest, middle, longest])
  })

  it(`is anywhere in between, SEED=${seed}`, () => {
    const random = seededRandom(seed)
    const waits = Array.from({ length: 500 }, () => waitMs(1, random(), null))
    expect(Math.min(...waits)).toBeGreaterThanOrEqual(24_000)
    expect(Math.max(...waits)).toBeLessThanOrEqual(36_000)
    // A twentieth of the range at each end is missed by 500 draws once in 10¹¹ times.
    expect(Math.min(...waits)).toBeLessThan(24_600)
    expect(Math.max(...waits)).toBeGreaterThan(35_400)
  })

  it.each([
    [0, 24_000],
    [24_000, 24_000],
    [24_001, 24_001],
    [86_400_000, 86_400_000],
  ])('is no shorter than the other side asks for: %i ms', (asked, waited) => {
    expect(waitMs(1, 0, asked)).toBe(waited)
  })
})

describe('mails that failed together', () => {
  let world: World
  beforeAll(async () => {
    world = await createWorld()
  })
  afterAll(() => world.close())

  it('are not tried again together', async () => {
    world.mail.answer = () => {
      throw new Error('451 try again later')
    }
    const people = await Promise.all(Array.from({ length: 20 }, () => addressed(world)))
    const told = { type: 'registration.confirmed', title: 'Your seat is confirmed' } as const
    await tell(
      world,
      people.map(({ userId }) => noticeFor(userId, told)),
    )
    await world.settle()
    const all = await Promise.all(people.map((person) => deliveriesOf(world, person)))
    const rows = all.flat().filter(({ channel }) => channel === 'EMAIL')
    expect(rows.map(({ status, attempts }) => [status, attempts])).toEqual(people.map(() => ['RETRY', 1]))
    const waits = rows.map(({ nextAt }) => nextAt.getTime() - world.clock.now().getTime())
    expect(Math.min(...waits)).toBeGreaterThanOrEqual(24_000)
    expect(Math.max(...waits)).toBeLessThanOrEqual(36_000)
    expect(new Set(waits).size).toBeGreaterThan(people.length / 2)
  })
})
