import { setTimeout as pause } from 'node:timers/promises'
import { sql } from 'drizzle-orm'
import { describe, expect, it, vi } from 'vitest'
import { type BatchHandler, oneByOne } from '../events/envelope.ts'
import { done } from '../outcome.ts'
import { absenceOf } from './support/broker.ts'
import { boxMade, boxMoved, contextIn, times } from './support/toy.ts'
import { toyHouse } from './support/toy-house.ts'
import { seenOf } from './support/toy-process.ts'

describe.each(['postgres', 'nats'] as const)('over %s', (transport) => {
  const absence = absenceOf(transport)
  describe.skipIf(absence)(`a consumer${absence}`, () => {
    const house = toyHouse(transport)
    const deliveries = () => house.toy.database.sql`select 1 from bus.delivery`

    it('whose connection is cut in the middle frees its event for another', async () => {
      const [dying, living] = [await house.start(), await house.start()]
      let taken = 0
      let release: () => void = () => {}
      const held = new Promise<void>((resolve) => {
        release = resolve
      })
      await dying.consume(() => {
        taken++
        return held
      })
      await living.emit('box', 1, 2)
      await living.relay.drain()
      await vi.waitFor(() => expect(taken).toBe(1), 5_000)
      await living.consume()
      await living.transport.drain()
      expect(await seenOf(house.toy, 'box')).toEqual([])

      const cut = await house.toy.database.sql`
      select pg_terminate_backend(pid) from pg_stat_activity
      where datname = current_database() and state = 'idle in transaction'`
      expect(cut).toHaveLength(1)
      await vi.waitFor(async () => {
        if (taken > 1) release()
        expect(await seenOf(house.toy, 'box')).toEqual([1, 2])
      }, 5_000)
      // The one that was cut comes to its end late, and finds that all is done.
      release()
      await pause(100)
      await dying.settle()
      expect(await seenOf(house.toy, 'box')).toEqual([1, 2])
      expect(await deliveries()).toHaveLength(0)
    })

    it('hears what is published after it subscribed, and nothing of what it no longer wants', async () => {
      const process = await house.start()
      await process.emit('box', 1)
      await process.relay.drain()
      const heard: string[] = []
      const listen = (names: string[]) =>
        process.transport.consume(
          'late',
          names,
          oneByOne(async ({ name, payload }) => {
            heard.push(`${name} ${(payload as { no: number }).no}`)
          }),
        )
      const first = await listen([boxMade.name, boxMoved.name])
      await process.emit('box', 2)
      await process.settle()
      expect(heard).toEqual(['toy.box.made 2'])
      await first.stop()

      await process.emit('box', 3)
      await process.relay.drain()
      const second = await listen([boxMoved.name])
      await process.emit('box', 4)
      await process.settle()
      expect(heard).toEqual(['toy.box.made 2'])
      expect(await deliveries()).toHaveLength(0)
      await second.stop()
    })

    it('that has not started yet hears what is published after it was registered', async () => {
      const process = await house.start()
      await process.emit('box', 1)
      await process.relay.drain()
      await process.transport.register('toy', [boxMade.name])
      await process.emit('box', 2, 3)
      await process.relay.drain()
      await process.consume()
      await process.settle()
      expect(await seenOf(house.toy, 'box')).toEqual([2, 3])
      // And registered again, as with every release, it begins nowhere else.
      await process.emit('box', 4)
      await process.transport.register('toy', [boxMade.name, boxMoved.name])
      await process.settle()
      expect(await seenOf(house.toy, 'box')).toEqual([2, 3, 4])
    })

    it('of an older version leaves the events it does not know to the newer', async () => {
      const [older, newer] = [await house.start(), await house.start()]
      const heard: string[] = []
      const hear = (who: string): BatchHandler =>
        oneByOne(async ({ name }) => void heard.push(`${who} ${name}`))
      await older.transport.consume('toy', [boxMade.name], hear('older'))
      const starting = await newer.transport.consume('toy', [boxMade.name, boxMoved.name], hear('newer'))
      await starting.stop()
      await contextIn(older.runtime).transaction('move', async (tx) => {
        await tx.emit(boxMoved, { boxId: 'box', no: 1 })
        return done(null)
      })
      await older.settle()
      expect(heard).toEqual([])
      await newer.transport.consume('toy', [boxMade.name, boxMoved.name], hear('newer'))
      await newer.settle()
      expect(heard).toEqual(['newer toy.box.moved'])
    })

    it('has a connection to work with, however many others there are', async () => {
      const process = await house.start()
      let calls = 0
      await Promise.all(
        times(40, (no) =>
          process.transport.consume(
            `consumer ${no}`,
            [boxMade.name],
            oneByOne(async () => {
              calls++
              // Long enough for all who can to hold their delivery.
              await pause(100)
              await process.database.db.transaction((tx) =>
                tx.execute(
                  sql`insert into toy.seen (consumer, aggregate, no) values (${`c${no}`}, 'box', 1)`,
                ),
              )
            }),
          ),
        ),
      )
      await process.emit('box', 1)
      await process.settle()
      // Whoever had waited in vain would have been called again.
      expect(calls).toBe(40)
      expect(await seenOf(house.toy, 'box')).toHaveLength(40)
      expect(await house.toy.database.sql`select distinct consumer from toy.seen`).toHaveLength(40)
    })
  })
})
