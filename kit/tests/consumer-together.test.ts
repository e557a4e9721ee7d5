import { sql } from 'drizzle-orm'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { startConsumer } from '../events/consumer.ts'
import { reactTo } from '../events/envelope.ts'
import { boxMade, createToy, type Toy, times } from './support/toy.ts'
import { openProcess, overPostgres, seenOf, type ToyProcess } from './support/toy-process.ts'

describe('waiting events of one aggregate', () => {
  let toy: Toy
  let process: ToyProcess
  beforeEach(async () => {
    toy = await createToy()
    process = await openProcess(toy, overPostgres)
    await startConsumer(process.runtime, [hear(true)], process.transport)
  })
  afterEach(async () => {
    await process.close()
    await toy.close()
  })

  /** What cannot have its effect until it is taken out again. */
  const broken = new Set<number>()
  afterEach(() => broken.clear())

  const hear = (isLocal: boolean) =>
    reactTo(boxMade, {
      isLocal,
      async apply(tx, { payload: { boxId, no } }) {
        await tx.execute(sql`insert into toy.seen (consumer, aggregate, no) values ('toy', ${boxId}, ${no})`)
        if (broken.has(no)) throw new Error(`${no} is broken`)
      },
    })

  /** Which transaction wrote each of them, numbered by age. */
  const transactions = async () => {
    const rows = await toy.database.sql<{ xmin: string }[]>`select xmin::text from toy.seen order by no`
    const known = [...new Set(rows.map(({ xmin }) => xmin))]
    return rows.map(({ xmin }) => known.indexOf(xmin))
  }
  const emitAtOnce = async (count: number) => {
    // The consumer hears nothing until the relay has handed everything over.
    await process.relay.drain()
    await toy.database.sql`
      insert into toy.outbox (id, name, version, aggregate, occurred_at, payload)
      select gen_random_uuid(), ${boxMade.name}, 1, 'box', now(), jsonb_build_object('boxId', 'box', 'no', no)
      from generate_series(1, ${count}) no order by no`
  }

  it('have their effects in one transaction where they are local, sixteen at most', async () => {
    await emitAtOnce(20)
    await process.settle()
    expect(await seenOf(toy, 'box')).toEqual(times(20, (no) => no + 1))
    expect(await transactions()).toEqual([...times(16, () => 0), ...times(4, () => 1)])
  })

  it('keep what came before one that fails, and wait behind it', async () => {
    broken.add(6)
    await emitAtOnce(10)
    await process.settle()
    expect(await seenOf(toy, 'box')).toEqual([1, 2, 3, 4, 5])
    expect(await transactions()).toEqual([0, 0, 0, 0, 0])
    expect(await toy.database.sql`select attempts, last_error from bus.delivery where attempts > 0`).toEqual([
      { attempts: 1, last_error: expect.stringContaining('6 is broken') },
    ])

    broken.clear()
    await toy.database.sql`update bus.delivery set available_at = now()`
    await process.settle()
    expect(await seenOf(toy, 'box')).toEqual(times(10, (no) => no + 1))
    expect(await toy.database.sql`select 1 from toy.inbox`).toHaveLength(10)
  })
})
