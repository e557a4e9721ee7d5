import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { brokerProgram, type OwnBroker, ownBroker } from './support/own-broker.ts'
import { boxMade, times } from './support/toy.ts'
import { toyHouse } from './support/toy-house.ts'
import { seenOf } from './support/toy-process.ts'

const isHere = brokerProgram !== undefined

describe.skipIf(!isHere)(`a broker that is away${isHere ? '' : ' (no nats-server here)'}`, () => {
  const house = toyHouse()
  let broker: OwnBroker
  beforeEach(async () => {
    broker = await ownBroker(house.toy)
  })
  afterEach(async () => {
    await house.end()
    await broker.kill()
    broker.forget()
  })
  const start = () => house.startHearing(broker.carrier)
  const unsent = async () =>
    (await house.toy.database.sql`select 1 from toy.outbox where sent_at is null`).length
  const all = times(60, (no) => no + 1)

  it('keeps nobody from starting or working, and gets what was written meanwhile in order', async () => {
    const process = await start()
    await process.emit('box', ...all.slice(0, 30))
    await process.emit('other', ...all.slice(0, 30))
    expect(await unsent()).toBe(60)
    await broker.start()
    await vi.waitFor(async () => expect(await seenOf(house.toy, 'other')).toHaveLength(30), {
      timeout: 30_000,
    })
    await process.settle()
    expect(await seenOf(house.toy, 'box')).toEqual(all.slice(0, 30))
    expect(await seenOf(house.toy, 'other')).toEqual(all.slice(0, 30))
  })

  it('loses nothing for one who registers meanwhile: they hear all that it held', async () => {
    await broker.start()
    const process = await house.start(broker.carrier)
    await process.emit('box', 1)
    await process.relay.drain()
    await broker.kill()
    await process.transport.register('toy', [boxMade.name])
    await process.emit('box', 2)
    await broker.start()
    await process.consume()
    await vi.waitFor(async () => expect(await seenOf(house.toy, 'box')).toEqual([1, 2]), { timeout: 30_000 })
  })

  it('loses nothing for one who was known before there was a broker', async () => {
    const before = await house.start()
    await before.transport.register('toy', [boxMade.name])
    await broker.start()
    const publishing = await house.start(broker.carrier)
    await publishing.emit('box', 1, 2)
    await publishing.relay.drain()
    await publishing.consume()
    await publishing.settle()
    expect(await seenOf(house.toy, 'box')).toEqual([1, 2])
  })

  it('loses and repeats nothing when it is killed in the middle', async () => {
    await broker.start()
    const process = await start()
    await process.emit('box', ...all.slice(0, 20))
    await vi.waitFor(async () => expect(await seenOf(house.toy, 'box')).toHaveLength(20), { timeout: 30_000 })
    await broker.kill()
    await process.emit('box', ...all.slice(20, 40))
    await broker.start()
    await process.emit('box', ...all.slice(40))
    await vi.waitFor(async () => expect((await seenOf(house.toy, 'box')).length).toBeGreaterThanOrEqual(60), {
      timeout: 30_000,
    })
    await process.settle()
    expect(await seenOf(house.toy, 'box')).toEqual(all)
  })

  it('is read from the beginning when it has lost everything and was set up anew', async () => {
    await broker.start()
    const process = await start()
    await process.emit('box', ...all.slice(0, 20))
    await vi.waitFor(async () => expect(await seenOf(house.toy, 'box')).toHaveLength(20), { timeout: 30_000 })
    await broker.kill()
    await house.end()
    broker.forget()
    await broker.start()
    const next = await start()
    await next.emit('box', ...all.slice(20, 30))
    await vi.waitFor(async () => expect(await seenOf(house.toy, 'box')).toHaveLength(30), { timeout: 30_000 })
    expect(await seenOf(house.toy, 'box')).toEqual(all.slice(0, 30))
  })

  it('is read by another process once the one that reads has died, in order', async () => {
    await broker.start()
    const first = await start()
    await first.emit('box', ...all.slice(0, 20))
    await vi.waitFor(async () => expect(await seenOf(house.toy, 'box')).toHaveLength(20), { timeout: 30_000 })
    // As a killed process leaves it: the lease is held, and nobody keeps it.
    await house.end()
    await house.toy.database.sql`
      update bus.position set holder = gen_random_uuid(), leased_until = now() + interval '2 seconds'`
    const second = await start()
    await second.emit('box', ...all.slice(20))
    await vi.waitFor(async () => expect(await seenOf(house.toy, 'box')).toHaveLength(60), { timeout: 30_000 })
    expect(await seenOf(house.toy, 'box')).toEqual(all)
  })
})
