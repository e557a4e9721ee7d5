import { expect, it, vi } from 'vitest'
import { times } from './support/toy.ts'
import { toyHouse } from './support/toy-house.ts'
import { seenOf, type ToyProcess } from './support/toy-process.ts'

const house = toyHouse()

// Over NATS: broker-away.test.ts; over both, for long: outage.test.ts.
it('while events cannot be handed over commands go on, and what was written drains in order', async () => {
  const processes = [await house.startHearing(), await house.startHearing()]
  const [first, second] = processes as [ToyProcess, ToyProcess]
  await first.emit('box', 1, 2, 3)
  await first.settle()
  await house.toy.database.sql`alter table bus.delivery rename to delivery_away`
  const numbers = times(60, (no) => no + 4)
  for (const no of numbers) {
    await (no % 2 ? first : second).emit('box', no)
    await (no % 2 ? second : first).emit('other', no)
  }
  const unsent = await house.toy.database.sql`select 1 from toy.outbox where sent_at is null`
  expect(unsent).toHaveLength(120)
  expect(await seenOf(house.toy, 'box')).toEqual([1, 2, 3])
  await house.toy.database.sql`alter table bus.delivery_away rename to delivery`
  await vi.waitFor(async () => expect(await seenOf(house.toy, 'other')).toHaveLength(60), {
    timeout: 20_000,
    interval: 100,
  })
  await first.settle()
  expect(await seenOf(house.toy, 'box')).toEqual([1, 2, 3, ...numbers])
  expect(await seenOf(house.toy, 'other')).toEqual(numbers)
})
