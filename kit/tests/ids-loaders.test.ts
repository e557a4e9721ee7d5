import { randomUUID } from 'node:crypto'
import { eq, gt } from 'drizzle-orm'
import { fromUUID } from 'typeid-js'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Context } from '../context.ts'
import { openDatabase } from '../database.ts'
import { BadUserInput } from '../errors.ts'
import { idOf, isId, newId, prefixOf, uuidOf } from '../ids.ts'
import { byId, byParent, countByParent } from '../loaders.ts'
import { type BoxRow, boxes, boxRow, contextIn, createToy, type Toy, times } from './support/toy.ts'

describe('ids', () => {
  it('go to a uuid and back, and sort by the time they were made', () => {
    const ids = times(50, () => newId('box'))
    expect(ids.toSorted()).toEqual(ids)
    for (const id of ids) expect(idOf('box', uuidOf('box', id))).toBe(id)
    expect(uuidOf('evt', 'evt_01h455vb4pex5vsknk084sn02q')).toBe('01890a5d-ac96-774b-bcce-b302099a8057')
  })

  it('are written and read as the library of TypeIDs does', () => {
    const uuids = [
      '00000000-0000-0000-0000-000000000000',
      'ffffffff-ffff-ffff-ffff-ffffffffffff',
      ...times(500, () => randomUUID()),
    ]
    for (const uuid of uuids) {
      const id = fromUUID(uuid, 'box').toString()
      expect(idOf('box', uuid)).toBe(id)
      expect(uuidOf('box', id)).toBe(uuid)
    }
  })

  it.each([
    '',
    'x',
    'box',
    'box_',
    'evt_01h455vb4pex5vsknk084sn02q',
    'box_01h455vb4pex5vsknk084sn02',
    'box_01H455VB4PEX5VSKNK084SN02Q',
    'box_81h455vb4pex5vsknk084sn02q',
    'box_01h455vb4pex5vsknk084sn0il',
    'BOX_01h455vb4pex5vsknk084sn02q',
    ' box_01h455vb4pex5vsknk084sn02q',
    "box_' or 1=1 --",
  ])('%j is no id of a box', (text) => {
    expect(isId('box', text)).toBe(false)
    expect(() => uuidOf('box', text)).toThrow(BadUserInput)
  })

  it('tell their prefix', () => {
    expect(prefixOf('evt_01h455vb4pex5vsknk084sn02q')).toBe('evt')
    expect(prefixOf('a_b_01h455vb4pex5vsknk084sn02q')).toBe('a_b')
    expect(prefixOf('nonsense')).toBeNull()
  })
})

describe('columns and loaders', () => {
  let toy: Toy
  let ctx: Context
  const statements: string[] = []
  const shelf = newId('shf')
  const rows = times(4, (no) => ({ ...boxRow(`box ${no}`, no), shelfId: no < 3 ? shelf : null }))
  beforeAll(async () => {
    toy = await createToy()
    await toy.database.db.insert(boxes).values(rows)
    const database = openDatabase(toy.url, 2, (statement) => statements.push(statement))
    ctx = contextIn({ ...toy.runtime, database })
  })
  afterAll(async () => {
    await toy.close()
  })
  const sentBy = async <T>(work: () => Promise<T>): Promise<[T, number]> => {
    const from = statements.length
    return [await work(), statements.length - from]
  }
  const idsOf = () => rows.map((row) => row.id)

  it('hold ids as uuids and dates to the millisecond', async () => {
    const [stored] = await toy.database
      .sql`select id, made_at::text as made_at from toy.box where label = 'box 0'`
    expect(stored).toEqual({
      id: uuidOf('box', rows[0]?.id ?? ''),
      made_at: expect.stringContaining(':00.123'),
    })
    expect(await ctx.db.select().from(boxes).orderBy(boxes.size)).toEqual(rows)
  })

  it('refuse an id of another kind before anything is sent', async () => {
    const foreign = newId('evt')
    const works = [
      () => ctx.db.select().from(boxes).where(eq(boxes.id, foreign)),
      () => ctx.db.insert(boxes).values({ ...boxRow('foreign'), id: foreign }),
      () => ctx.db.update(boxes).set({ shelfId: foreign }),
    ]
    for (const work of works) {
      const [, sent] = await sentBy(() => expect(Promise.resolve().then(work)).rejects.toThrow(BadUserInput))
      expect(sent).toBe(0)
    }
  })

  it('load by id with one statement, null for what is not there, hidden or no id', async () => {
    const loader = byId<BoxRow>(ctx, 'box', boxes, gt(boxes.size, 0))
    const asked = [...idsOf(), newId('box'), newId('evt'), 'nonsense']
    const [found, sent] = await sentBy(() => Promise.all(asked.map((id) => loader.load(id))))
    expect(found).toEqual([null, rows[1], rows[2], rows[3], null, null, null])
    expect(sent).toBe(1)
    const [nothing, none] = await sentBy(() => loader.load('other nonsense'))
    expect([nothing, none]).toEqual([null, 0])
  })

  it('load and count children of many parents with one statement each', async () => {
    const bare = newId('shf')
    const children = byParent(
      (parents) =>
        ctx.db
          .select()
          .from(boxes)
          .where(eq(boxes.shelfId, parents[0] ?? ''))
          .orderBy(boxes.size),
      (row) => row.shelfId ?? '',
    )
    const [found, sent] = await sentBy(() => Promise.all([shelf, bare].map((id) => children.load(id))))
    expect(found.map((list) => list.map(({ label }) => label))).toEqual([['box 0', 'box 1', 'box 2'], []])
    const counts = countByParent(ctx, boxes, boxes.shelfId, gt(boxes.size, 0))
    const [totals, more] = await sentBy(() => Promise.all([shelf, bare].map((id) => counts.load(id))))
    expect([totals, sent, more]).toEqual([[2, 0], 1, 1])
  })
})
