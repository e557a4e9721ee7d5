import { eq, sql } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Transaction } from '../context.ts'
import { Conflict, ServiceUnavailable } from '../errors.ts'
import { done, failed } from '../outcome.ts'
import { backbone, boxes, boxMade, boxRow, createToy, type Toy, times } from './support/toy.ts'

let toy: Toy
beforeAll(async () => {
  toy = await createToy()
})
afterAll(() => toy.close())
beforeEach(async () => {
  await toy.database.sql`truncate toy.box, toy.outbox, toy.idempotency`
})

const labels = async () =>
  (await toy.database.db.select().from(boxes).orderBy(boxes.label)).map((b) => b.label)
const outbox = () => toy.database.db.select().from(backbone.outbox).orderBy(backbone.outbox.seq)
const refusal = { __typename: 'InputError', code: 'NO', message: 'no', path: [] }

async function addBox(tx: Transaction, label: string, no = 1) {
  const box = boxRow(label)
  await tx.insert(boxes).values(box)
  await tx.emit(boxMade, { boxId: box.id, no })
  return box
}

describe('a transaction', () => {
  it('keeps rows and events together, and says so once', async () => {
    const ctx = toy.contextOf()
    const before = toy.wakes()
    const outcome = await ctx.transaction('add', async (tx) => done(await addBox(tx, 'a', 7)))
    expect(outcome).toEqual({ ok: true, value: expect.objectContaining({ label: 'a' }) })
    expect(await labels()).toEqual(['a'])
    expect(await outbox()).toEqual([
      {
        seq: expect.any(Number),
        id: expect.any(String),
        name: 'toy.box.made',
        version: 1,
        aggregate: outcome.ok ? outcome.value.id : '',
        actor: ctx.viewer?.userId,
        occurredAt: toy.clock.now(),
        payload: { boxId: outcome.ok ? outcome.value.id : '', no: 7 },
        sentAt: null,
      },
    ])
    expect(toy.wakes() - before).toBe(1)
  })

  it('rolls a failed outcome back and emits nothing', async () => {
    const before = toy.wakes()
    const effect = vi.fn<() => void>()
    const outcome = await toy.contextOf().transaction('add', async (tx) => {
      await addBox(tx, 'a')
      tx.afterCommit(effect)
      return failed(refusal)
    })
    expect(outcome).toEqual({ ok: false, failures: [refusal] })
    expect([await labels(), await outbox()]).toEqual([[], []])
    expect(toy.wakes()).toBe(before)
    expect(effect).not.toHaveBeenCalled()
  })

  it('rolls back what throws, and lets it through', async () => {
    const thrown = new Error('boom')
    const running = toy.contextOf().transaction('add', async (tx) => {
      await addBox(tx, 'a')
      throw thrown
    })
    await expect(running).rejects.toBe(thrown)
    expect([await labels(), await outbox()]).toEqual([[], []])
  })

  it('refuses to emit what the contract does not allow', async () => {
    const running = toy.contextOf().transaction('add', async (tx) => {
      await tx.insert(boxes).values(boxRow('a'))
      await tx.emit(boxMade, { boxId: 'x', no: 'one' as unknown as number })
      return done(null)
    })
    await expect(running).rejects.toThrow(/expected number/)
    expect([await labels(), await outbox()]).toEqual([[], []])
  })

  it('turns a violated constraint into its failure, and throws one it does not know', async () => {
    const ctx = toy.contextOf()
    await ctx.transaction('add', async (tx) => done(await addBox(tx, 'taken')))
    const again = (constraints = {}) =>
      ctx.transaction('add', async (tx) => done(await addBox(tx, 'taken')), constraints)
    expect(await again({ box_label_unique: () => refusal })).toEqual({ ok: false, failures: [refusal] })
    await expect(again({ other_constraint: () => refusal })).rejects.toMatchObject({
      cause: expect.objectContaining({ constraint_name: 'box_label_unique' }),
    })
    expect(await outbox()).toHaveLength(1)
  })

  it('runs effects after the commit, and an effect that throws undoes nothing', async () => {
    const seen: string[][] = []
    let looking: Promise<unknown> = Promise.resolve()
    const outcome = await toy.contextOf().transaction('add', async (tx) => {
      await addBox(tx, 'a')
      tx.afterCommit(() => {
        throw new Error('effect')
      })
      tx.afterCommit(() => {
        looking = labels().then((found) => seen.push(found))
      })
      return done('kept')
    })
    await looking
    expect(outcome).toEqual({ ok: true, value: 'kept' })
    expect(seen).toEqual([['a']])
  })

  it('tries a deadlock again, unseen, and emits nothing twice', async () => {
    const ctx = toy.contextOf()
    const [one, two] = [boxRow('one'), boxRow('two')]
    await toy.database.db.insert(boxes).values([one, two])
    const effects = vi.fn<() => void>()
    let attempts = 0
    const bothHold = rendezvous(2)
    const swap = (first: string, second: string) =>
      ctx.transaction('swap', async (tx) => {
        attempts++
        tx.afterCommit(effects)
        await tx.emit(boxMade, { boxId: first, no: 1 })
        await tx
          .update(boxes)
          .set({ size: sql`${boxes.size} + 1` })
          .where(eq(boxes.id, first))
        await bothHold()
        await tx
          .update(boxes)
          .set({ size: sql`${boxes.size} + 1` })
          .where(eq(boxes.id, second))
        return done(null)
      })
    const outcomes = await Promise.all([swap(one.id, two.id), swap(two.id, one.id)])
    expect(outcomes).toEqual([done(null), done(null)])
    expect(attempts).toBe(3)
    expect((await toy.database.db.select().from(boxes)).map((box) => box.size)).toEqual([3, 3])
    expect((await outbox()).map((row) => row.aggregate).sort()).toEqual([one.id, two.id].sort())
    expect(effects).toHaveBeenCalledTimes(2)
  })

  it('gives up as a conflict after four attempts', async () => {
    let attempts = 0
    const running = toy.contextOf().transaction('loser', async (tx) => {
      attempts++
      await tx.execute(sql`do $$ begin raise exception 'lost' using errcode = '40001'; end $$`)
      return done(null)
    })
    await expect(running).rejects.toThrow(Conflict)
    expect(attempts).toBe(4)
  })

  it('says that an object is busy when its lock does not come free', async () => {
    const box = boxRow('held')
    await toy.database.db.insert(boxes).values(box)
    const touch = (tx: Transaction) => tx.update(boxes).set({ size: 9 }).where(eq(boxes.id, box.id))
    let release: () => void = () => {}
    const held = new Promise<void>((resolve) => {
      release = resolve
    })
    const holder = toy.contextOf().transaction('hold', async (tx) => {
      await touch(tx)
      await held
      return done(null)
    })
    await new Promise((resolve) => setTimeout(resolve, 50))
    const waiting = toy.contextOf().transaction('wait', async (tx) => done(await touch(tx)))
    await expect(waiting).rejects.toThrow(ServiceUnavailable)
    release()
    expect(await holder).toEqual(done(null))
  })

  it('leaves connections to bodies that read outside of it, however many there are', async () => {
    const ctx = toy.contextOf()
    const reading = () =>
      ctx.transaction('read', async (tx) => {
        await tx.execute(sql`select pg_sleep(0.02)`)
        return done((await ctx.db.select().from(boxes)).length)
      })
    const outcomes = await Promise.all(times(60, reading))
    expect(outcomes).toEqual(times(60, () => done(0)))
  })
})

/** Everybody waits until `count` have come; later ones pass. */
function rendezvous(count: number): () => Promise<void> {
  let come = 0
  let open: () => void = () => {}
  const all = new Promise<void>((resolve) => {
    open = resolve
  })
  return () => {
    if (++come >= count) open()
    return all
  }
}
