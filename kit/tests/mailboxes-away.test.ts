import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { createToy, type Toy, times } from './support/toy.ts'
import { openProcess, overPostgres, seenOf, type ToyProcess } from './support/toy-process.ts'

let toy: Toy
const running: ToyProcess[] = []
beforeEach(async () => {
  toy = await createToy()
})
afterEach(async () => {
  await Promise.all(running.splice(0).map((process) => process.close()))
  await toy.close()
})

async function start() {
  const process = await openProcess(toy, overPostgres)
  running.push(process)
  await process.consume()
  return process
}

// The same over NATS, with a broker that is away: broker-away.test.ts.
it('while events cannot be handed over commands go on, and what was written drains in order', async () => {
  const processes = [await start(), await start()]
  const [first, second] = processes as [ToyProcess, ToyProcess]
  await first.emit('box', 1, 2, 3)
  await first.settle()
  await toy.database.sql`alter table bus.delivery rename to delivery_away`
  const numbers = times(60, (no) => no + 4)
  for (const no of numbers) {
    await (no % 2 ? first : second).emit('box', no)
    await (no % 2 ? second : first).emit('other', no)
  }
  const unsent = await toy.database.sql`select 1 from toy.outbox where sent_at is null`
  expect(unsent).toHaveLength(120)
  expect(await seenOf(toy, 'box')).toEqual([1, 2, 3])
  await toy.database.sql`alter table bus.delivery_away rename to delivery`
  await vi.waitFor(async () => expect(await seenOf(toy, 'other')).toHaveLength(60), {
    timeout: 20_000,
    interval: 100,
  })
  await first.settle()
  expect(await seenOf(toy, 'box')).toEqual([1, 2, 3, ...numbers])
  expect(await seenOf(toy, 'other')).toEqual(numbers)
})
