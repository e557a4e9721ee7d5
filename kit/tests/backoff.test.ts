import { describe, expect, it } from 'vitest'
import { oneByOne } from '../events/envelope.ts'
import { attemptsMax, backoffSeconds } from '../events/mailboxes.ts'
import { seededRandom } from '../testing/seeded-random.ts'
import { boxMade, times } from './support/toy.ts'
import { toyHouse } from './support/toy-house.ts'

const seed = Number(process.env.SEED ?? Date.now() % 1_000_000)

describe('the next attempt', () => {
  it.each([
    [0, 0.8, 1, 1.2],
    [1, 1.6, 2, 2.4],
    [2, 3.2, 4, 4.8],
    [3, 6.4, 8, 9.6],
    [4, 12.8, 16, 19.2],
    [5, 25.6, 32, 38.4],
    [6, 51.2, 64, 76.8],
    [7, 102.4, 128, 153.6],
  ])('after %i failures comes %f to %f to %f seconds later', (failures, first, middle, last) => {
    expect(backoffSeconds(failures, 0)).toBeCloseTo(first, 9)
    expect(backoffSeconds(failures, 0.5)).toBeCloseTo(middle, 9)
    expect(backoffSeconds(failures, 1)).toBeCloseTo(last, 9)
  })

  it(`is anywhere in between, SEED=${seed}`, () => {
    const random = seededRandom(seed)
    for (const failures of times(attemptsMax, (no) => no)) {
      const waits = times(500, () => backoffSeconds(failures, random()) / 2 ** failures)
      expect(Math.min(...waits)).toBeGreaterThanOrEqual(0.8)
      expect(Math.max(...waits)).toBeLessThanOrEqual(1.2)
      // A twentieth of the range at each end is missed by 500 draws once in 10¹¹ times.
      expect(Math.min(...waits)).toBeLessThan(0.82)
      expect(Math.max(...waits)).toBeGreaterThan(1.18)
    }
  })
})

describe('deliveries that failed together', () => {
  const house = toyHouse()

  it('do not come back together', async () => {
    const process = await house.start()
    await process.transport.register('toy', [boxMade.name])
    const count = 40
    for (const no of times(count, (index) => index)) await process.emit(`box ${no}`, 1)
    await process.relay.drain()
    const [begun, stopping] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
    const handle = oneByOne(async () => {
      begun.resolve()
      await stopping.promise
      throw new Error('not today')
    })
    const consumer = await process.transport.consume('toy', [boxMade.name], handle)
    await begun.promise
    // The batch at hand is its last, so that nothing comes back while we look.
    const stopped = consumer.stop()
    stopping.resolve()
    await stopped
    const rows = await house.toy.database.sql<{ at: number }[]>`
      select extract(epoch from available_at)::float * 1000 as at from bus.delivery where attempts = 1`
    // One for each lane at least, and set back in one transaction: without chance they would have one instant.
    expect(rows.length).toBeGreaterThanOrEqual(4)
    expect(new Set(rows.map(({ at }) => at)).size).toBeGreaterThan(rows.length / 2)
  })
})
