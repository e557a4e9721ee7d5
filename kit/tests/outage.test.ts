import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { done } from '../outcome.ts'
import { brokerProgram, type OwnBroker, ownBroker } from './support/own-broker.ts'
import { boxes, boxMade, boxRow, contextIn, times } from './support/toy.ts'
import { toyHouse } from './support/toy-house.ts'
import { overPostgres, seenOf, type ToyProcess } from './support/toy-process.ts'

const commands = 2_000
const aggregates = times(20, (index) => `box ${index}`)
const turns = times(commands / aggregates.length, (index) => index + 1)
const minute = 60_000
const patience = { timeout: 120_000, interval: 100 }

describe.each(['postgres', 'nats'] as const)('over %s', (transport) => {
  const isAbsent = transport === 'nats' && !brokerProgram
  const house = toyHouse()
  let broker: OwnBroker | undefined
  beforeEach(async () => {
    broker = transport === 'nats' && !isAbsent ? await ownBroker(house.toy) : undefined
    await broker?.start()
  })
  afterEach(async () => {
    await house.end()
    await broker?.kill()
    broker?.forget()
  })
  const takeAway = async () => {
    if (broker) return broker.kill()
    await house.toy.database.sql`alter table bus.delivery rename to delivery_away`
  }
  const bringBack = async () => {
    if (broker) return broker.start()
    await house.toy.database.sql`alter table bus.delivery_away rename to delivery`
  }
  const unsent = async () =>
    (await house.toy.database.sql`select 1 from toy.outbox where sent_at is null`).length

  it.skipIf(isAbsent)(
    `an outage of ten minutes loses and repeats nothing of ${commands} commands, and keeps no command from its end${isAbsent ? ' (no nats-server here)' : ''}`,
    { timeout: 240_000 },
    async () => {
      const carrier = broker?.carrier ?? overPostgres
      const processes = [await house.startHearing(carrier), await house.startHearing(carrier)]
      await command(processes[0], 'before', 1)
      await vi.waitFor(async () => expect(await seenOf(house.toy, 'before')).toEqual([1]), patience)
      await takeAway()

      const acknowledged = new Map(aggregates.map((aggregate) => [aggregate, [] as number[]]))
      for (const turn of turns) {
        house.toy.clock.advance((10 * minute) / turns.length)
        await Promise.all(
          aggregates.map(async (aggregate, index) => {
            const [one, other] = turn % 2 ? processes : processes.toReversed()
            await command(one, aggregate, turn)
            // As clients do that have not heard the answer: the same again, to whoever is there.
            if ((turn + index) % 10 === 0) await command(other, aggregate, turn)
            acknowledged.get(aggregate)?.push(turn)
          }),
        )
      }
      expect(await unsent()).toBe(commands)
      for (const aggregate of aggregates) expect(await seenOf(house.toy, aggregate)).toEqual([])
      const [outage] = await house.toy.database.sql`
        select extract(epoch from max(occurred_at) - min(occurred_at))::int as seconds
        from toy.outbox where sent_at is null`
      expect(outage?.seconds).toBe((10 * 60 * (turns.length - 1)) / turns.length)

      await bringBack()
      await vi.waitFor(async () => expect(await unsent()).toBe(0), patience)
      await vi.waitFor(async () => {
        const [row] = await house.toy.database.sql`select count(*)::int as seen from toy.seen`
        expect(row?.seen).toBeGreaterThan(commands)
      }, patience)
      for (const process of processes) await process.settle()
      for (const aggregate of aggregates) {
        expect(acknowledged.get(aggregate)).toEqual(turns)
        expect(await seenOf(house.toy, aggregate)).toEqual(turns)
      }
      expect(await house.toy.database.sql`select 1 from bus.delivery`).toHaveLength(0)
    },
  )
})

/** One command of a client: the same key has its effect once. */
async function command(process: ToyProcess | undefined, aggregate: string, no: number): Promise<void> {
  if (!process) throw new Error('there is no such process')
  const key = `${aggregate} ${no}`
  const outcome = await contextIn(process.runtime, { kind: 'service', service: 'toy' }).transaction(
    'make',
    async (tx) => {
      await tx.insert(boxes).values(boxRow(key))
      await tx.emit(boxMade, { boxId: aggregate, no })
      return done(null)
    },
    {},
    { idempotencyKey: key },
  )
  expect(outcome.ok).toBe(true)
}
