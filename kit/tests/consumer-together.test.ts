import { sql } from 'drizzle-orm'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { startConsumer } from '../events/consumer.ts'
import { reactTo } from '../events/envelope.ts'
import { absenceOf } from './support/broker.ts'
import { boxMade, type Toy, times } from './support/toy.ts'
import { toyHouse } from './support/toy-house.ts'
import { seenOf, type ToyProcess } from './support/toy-process.ts'

describe.each(['postgres', 'nats'] as const)('over %s', (transport) => {
  const absence = absenceOf(transport)
  describe.skipIf(absence)(`waiting events${absence}`, () => {
    const house = toyHouse(transport)
    let toy: Toy
    let process: ToyProcess
    beforeEach(async () => {
      toy = house.toy
      process = await house.start()
    })

    /** What cannot have its effect until it is taken out again. */
    const broken = new Set<number>()
    afterEach(() => broken.clear())

    interface How {
      isLocal: boolean
      snapshotVersion?(payload: { boxId: string; no: number }): number
    }
    const hear = (how: How) => startConsumer(process.runtime, [reaction(how)], process.transport)
    const reaction = (how: How) =>
      reactTo(boxMade, {
        ...how,
        async apply(tx, { payload: { boxId, no } }) {
          await tx.execute(
            sql`insert into toy.seen (consumer, aggregate, no) values ('toy', ${boxId}, ${no})`,
          )
          if (broken.has(no)) throw new Error(`${no} is broken`)
        },
      })

    /** Which transaction wrote each of them, numbered by age. */
    const transactions = async () => {
      const rows = await toy.database.sql<{ xmin: string }[]>`select xmin::text from toy.seen order by no`
      const known = [...new Set(rows.map(({ xmin }) => xmin))]
      return rows.map(({ xmin }) => known.indexOf(xmin))
    }
    /** So many in all, numbered through, of the boxes in turn; they wait for a consumer that has not started yet. */
    const emitAtOnce = async (count: number, boxes = ['box']) => {
      await process.transport.register('toy', [boxMade.name])
      await toy.database.sql`
      insert into toy.outbox (id, name, version, aggregate, occurred_at, payload)
      select gen_random_uuid(), ${boxMade.name}, 1, box, now(), jsonb_build_object('boxId', box, 'no', no)
      from generate_series(1, ${count}) no,
        lateral (select (${boxes}::text[])[1 + (no - 1) % ${boxes.length}::int] as box) which order by no`
      await process.relay.drain()
    }
    const tryAgain = async () => {
      broken.clear()
      await toy.database.sql`update bus.delivery set available_at = now()`
      await process.settle()
    }
    const inboxSize = async () => (await toy.database.sql`select 1 from toy.inbox`).length

    it('have their effects in one transaction where they are local, sixteen at most', async () => {
      await emitAtOnce(20)
      await hear({ isLocal: true })
      await process.settle()
      expect(await seenOf(toy, 'box')).toEqual(times(20, (no) => no + 1))
      expect(await transactions()).toEqual([...times(16, () => 0), ...times(4, () => 1)])
    })

    it('keep what came before one that fails, and wait behind it', async () => {
      broken.add(6)
      await emitAtOnce(10)
      await hear({ isLocal: true })
      await process.settle()
      expect(await seenOf(toy, 'box')).toEqual([1, 2, 3, 4, 5])
      expect(await transactions()).toEqual([0, 0, 0, 0, 0])
      expect(
        await toy.database.sql`select attempts, last_error from bus.delivery where attempts > 0`,
      ).toEqual([{ attempts: 1, last_error: expect.stringContaining('6 is broken') }])

      await tryAgain()
      expect(await seenOf(toy, 'box')).toEqual(times(10, (no) => no + 1))
      expect(await inboxSize()).toBe(10)
    })

    it('of several aggregates have their local effects in one transaction as well', async () => {
      // Four lanes, a quarter of the aggregates each.
      const boxes = times(8, (no) => `box ${no}`)
      await emitAtOnce(16, boxes)
      await hear({ isLocal: true })
      await process.settle()
      for (const [no, box] of boxes.entries()) expect(await seenOf(toy, box)).toEqual([no + 1, no + 9])
      expect(new Set(await transactions()).size).toBe(4)
    })

    it('of other aggregates do not wait behind one that fails', async () => {
      const boxes = times(8, (no) => `box ${no}`)
      broken.add(1)
      await emitAtOnce(24, boxes)
      await hear({ isLocal: true })
      await process.settle()
      expect(await seenOf(toy, 'box 0')).toEqual([])
      for (const no of times(7, (at) => at + 1)) {
        expect(await seenOf(toy, `box ${no}`)).toEqual([no + 1, no + 9, no + 17])
      }
      expect(await toy.database.sql`select aggregate, attempts from bus.delivery order by seq`).toEqual([
        { aggregate: 'box 0', attempts: 1 },
        { aggregate: 'box 0', attempts: 0 },
        { aggregate: 'box 0', attempts: 0 },
      ])

      await tryAgain()
      expect(await seenOf(toy, 'box 0')).toEqual([1, 9, 17])
      expect(await inboxSize()).toBe(24)
    })

    it('have a transaction each where their effects are not local', async () => {
      await emitAtOnce(6, ['box', 'crate'])
      await hear({ isLocal: false })
      await process.settle()
      expect(await seenOf(toy, 'box')).toEqual([1, 3, 5])
      expect(await seenOf(toy, 'crate')).toEqual([2, 4, 6])
      expect(new Set(await transactions()).size).toBe(6)
    })

    it('that say all of their aggregate have one effect: that of the last', async () => {
      await emitAtOnce(12, ['box', 'crate'])
      await hear({ isLocal: true, snapshotVersion: ({ no }) => no })
      await process.settle()
      expect(await seenOf(toy, 'box')).toEqual([11])
      expect(await seenOf(toy, 'crate')).toEqual([12])
      // They are handled, and do not come again.
      expect(await inboxSize()).toBe(12)
      expect(await toy.database.sql`select 1 from bus.delivery`).toHaveLength(0)
    })

    it('that say all of their aggregate keep their effect where what follows is older', async () => {
      // Numbers fall: each says less than the one before it.
      await emitAtOnce(4)
      await hear({ isLocal: true, snapshotVersion: ({ no }) => -no })
      await process.settle()
      expect(await seenOf(toy, 'box')).toEqual([1, 2, 3, 4])
      expect(await inboxSize()).toBe(4)
    })

    it('that say all of their aggregate have the effect of the last that succeeds', async () => {
      broken.add(5)
      await emitAtOnce(5)
      await hear({ isLocal: true, snapshotVersion: ({ no }) => no })
      await process.settle()
      expect(await seenOf(toy, 'box')).toEqual([4])
      expect(await inboxSize()).toBe(4)

      await tryAgain()
      expect(await seenOf(toy, 'box')).toEqual([4, 5])
      expect(await inboxSize()).toBe(5)
    })
  })
})
