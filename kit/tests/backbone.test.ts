import { setTimeout as pause } from 'node:timers/promises'
import { eq, sql } from 'drizzle-orm'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { TransportConfig } from '../events/create-transport.ts'
import type { Envelope, EventHandler } from '../events/envelope.ts'
import { attemptsMax } from '../events/mailboxes.ts'
import { done } from '../outcome.ts'
import { findBroker, removeStream, streamOf } from './support/broker.ts'
import { boxes, boxMade, boxRow, contextIn, createToy, type Toy, times } from './support/toy.ts'
import { openProcess, seenOf, type ToyProcess } from './support/toy-process.ts'

const broker = await findBroker()

describe.each(['postgres', 'nats'] as const)('over %s', (transport) => {
  describe.skipIf(transport === 'nats' && !broker)(
    `the backbone${broker ? '' : ' (no NATS server here)'}`,
    () => {
      let toy: Toy
      let carrier: TransportConfig
      const running: ToyProcess[] = []
      beforeEach(async () => {
        toy = await createToy()
        carrier = { EVENT_TRANSPORT: transport, NATS_URL: broker, NATS_STREAM: streamOf(toy) }
      })
      afterEach(async () => {
        await Promise.all(running.splice(0).map((process) => process.close()))
        if (broker && transport === 'nats') await removeStream(broker, streamOf(toy))
        await toy.close()
      })

      async function start(published?: (envelopes: readonly Envelope[]) => void) {
        const process = await openProcess(toy, carrier, published)
        running.push(process)
        return process
      }
      const deliveries = () => toy.database.sql`
  select aggregate, attempts, last_error, dead_at is not null as dead,
    extract(epoch from available_at - now())::float as seconds
  from bus.delivery order by seq`
      /** As if the time of the backoff had passed. */
      const skipBackoff = () =>
        toy.database.sql`update bus.delivery set available_at = now() where dead_at is null`

      describe('events', () => {
        it('of a slow transaction that commits after a later one are not lost', async () => {
          const process = await start()
          await process.consume()
          let release: () => void = () => {}
          const held = new Promise<void>((resolve) => {
            release = resolve
          })
          const slow = contextIn(process.runtime).transaction('slow', async (tx) => {
            await tx.emit(boxMade, { boxId: 'slow', no: 1 })
            await held
            return done(null)
          })
          await pause(50)
          await process.emit('fast', 1)
          await process.settle()
          expect([await seenOf(toy, 'fast'), await seenOf(toy, 'slow')]).toEqual([[1], []])
          release()
          await slow
          await process.settle()
          expect(await seenOf(toy, 'slow')).toEqual([1])
        })

        it('of one aggregate keep their order with two processes and four writers', async () => {
          const processes = [await start(), await start()]
          for (const process of processes) await process.consume(() => pause(Math.random() * 4))
          const rows = times(5, (no) => boxRow(`box ${no}`, 0))
          await toy.database.db.insert(boxes).values(rows)
          const write = async (writer: number) => {
            for (let turn = 0; turn < 50; turn++) {
              const id = rows[(turn + writer) % rows.length]?.id ?? ''
              await contextIn(processes[writer % 2]?.runtime ?? toy.runtime).transaction(
                'write',
                async (tx) => {
                  const [row] = await tx
                    .update(boxes)
                    .set({ size: sql`${boxes.size} + 1` })
                    .where(eq(boxes.id, id))
                    .returning()
                  await tx.emit(boxMade, { boxId: id, no: row?.size ?? 0 })
                  return done(null)
                },
              )
            }
          }
          await Promise.all(times(4, write))
          await vi.waitFor(async () => expect(await deliveries()).toHaveLength(0), {
            timeout: 15_000,
            interval: 100,
          })
          for (const { id } of rows) expect(await seenOf(toy, id)).toEqual(times(40, (no) => no + 1))
        })

        it('are handed over once by two relays at work', async () => {
          const handed: string[] = []
          const processes = await Promise.all(
            times(2, () => start((envelopes) => handed.push(...envelopes.map(({ id }) => id)))),
          )
          const [first, second] = processes as [ToyProcess, ToyProcess]
          await first.consume()
          await Promise.all(
            times(20, (no) => (no % 2 ? first : second).emit(`box ${no}`, ...times(10, (event) => event))),
          )
          for (const no of times(20, (box) => box)) {
            await vi.waitFor(async () => expect(await seenOf(toy, `box ${no}`)).toHaveLength(10), {
              timeout: 15_000,
              interval: 50,
            })
          }
          expect(handed).toHaveLength(200)
          expect(new Set(handed).size).toBe(200)
        })
      })

      describe('a handler that throws', () => {
        const failing =
          (aggregate: string, calls: number[] = []): EventHandler =>
          async ({ payload }) => {
            const { boxId, no } = payload as { boxId: string; no: number }
            if (boxId !== aggregate || no !== 1) return
            calls.push(no)
            throw new Error(`poison of ${boxId}`)
          }

        it('is tried again with backoff, while other aggregates go on and its own waits', async () => {
          const process = await start()
          let poisoned = true
          await process.consume(async (envelope) => (poisoned ? failing('bad')(envelope) : undefined))
          await process.emit('bad', 1, 2)
          await process.emit('good', 1, 2)
          await process.settle()
          expect([await seenOf(toy, 'bad'), await seenOf(toy, 'good')]).toEqual([[], [1, 2]])
          const [head, next] = await deliveries()
          expect(head).toMatchObject({
            aggregate: 'bad',
            attempts: 1,
            last_error: 'Error: poison of bad',
            dead: false,
          })
          expect(head?.seconds).toBeGreaterThan(0)
          expect(head?.seconds).toBeLessThanOrEqual(1.2)
          expect(next).toMatchObject({ aggregate: 'bad', attempts: 0, last_error: null })

          await skipBackoff()
          await process.settle()
          const [again] = await deliveries()
          expect(again?.attempts).toBe(2)
          expect(again?.seconds).toBeGreaterThan(1)
          expect(again?.seconds).toBeLessThanOrEqual(2.4)

          poisoned = false
          await skipBackoff()
          await process.settle()
          expect(await seenOf(toy, 'bad')).toEqual([1, 2])
          expect(await deliveries()).toHaveLength(0)
        })

        it('keeps what came before it in the same batch, and holds back what comes after', async () => {
          const process = await start()
          await process.consume(async ({ payload }) => {
            if ((payload as { no: number }).no === 2) throw new Error('second')
          })
          await process.emit('box', 1, 2, 3)
          await process.settle()
          expect(await seenOf(toy, 'box')).toEqual([1])
          expect(await deliveries()).toMatchObject([
            { attempts: 1, last_error: 'Error: second' },
            { attempts: 0 },
          ])
        })

        it('leaves its event dead after eight attempts, and what waited behind it is delivered', async () => {
          const process = await start()
          const calls: number[] = []
          await process.consume(failing('bad', calls))
          await process.emit('bad', 1, 2, 3)
          for (let attempt = 1; attempt < attemptsMax; attempt++) {
            await process.settle()
            await skipBackoff()
          }
          expect(calls).toHaveLength(7)
          expect(await seenOf(toy, 'bad')).toEqual([])
          await process.settle()
          expect(calls).toHaveLength(8)
          expect(await seenOf(toy, 'bad')).toEqual([2, 3])
          expect(await deliveries()).toEqual([
            expect.objectContaining({
              aggregate: 'bad',
              attempts: 8,
              last_error: 'Error: poison of bad',
              dead: true,
            }),
          ])
          await process.settle()
          expect(calls).toHaveLength(8)
        })
      })

      describe('an event that arrives twice', () => {
        it('has one effect, also when it was handled before it was published again', async () => {
          const process = await start()
          await process.consume()
          await process.emit('box', 1, 2)
          await process.settle()
          await toy.database.sql`update toy.outbox set sent_at = null`
          await process.settle()
          expect(await seenOf(toy, 'box')).toEqual([1, 2])
          expect(await deliveries()).toHaveLength(0)
          expect(await toy.database.sql`select 1 from toy.inbox`).toHaveLength(2)
        })

        it('has one effect when the relay dies between handing over and remembering it', async () => {
          let dies = true
          const process = await start(() => {
            if (!dies) return
            dies = false
            throw new Error('killed')
          })
          await process.consume()
          await process.emit('box', 1, 2)
          await vi.waitFor(async () => {
            await process.settle()
            expect(await toy.database.sql`select 1 from toy.outbox where sent_at is null`).toHaveLength(0)
          })
          expect(dies).toBe(false)
          expect(await seenOf(toy, 'box')).toEqual([1, 2])
        })
      })
    },
  )
})
