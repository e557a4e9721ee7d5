import { and, asc, gt } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Context } from '../context.ts'
import { BadUserInput } from '../errors.ts'
import { newId } from '../ids.ts'
import { pagesByParent } from '../nested-pages.ts'
import { connection, keyset, type OrderKey, type PageArguments } from '../paging.ts'
import { type BoxRow, boxes, boxRow, contextIn, createToy, type Toy, times } from './support/toy.ts'

let toy: Toy
let ctx: Context
const statements: string[] = []
const shelves = times(3, () => newId('shf'))
const [full, half, empty] = shelves as [string, string, string]
beforeAll(async () => {
  toy = await createToy()
  ctx = contextIn(toy.runtime)
  // Eight boxes of sizes 0 0 1 1 2 2 3 3: ties everywhere.
  const rows = times(8, (no) => ({
    ...boxRow(`box ${no}`, Math.floor(no / 2)),
    shelfId: no < 5 ? full : half,
  }))
  await toy.database.db.insert(boxes).values(rows)
  const session = (toy.database.db as unknown as { session: { logger: { logQuery(text: string): void } } })
    .session
  session.logger = { logQuery: (text) => statements.push(text) }
})
afterAll(() => toy.close())

const bySize = (direction: 'ASC' | 'DESC'): OrderKey<BoxRow>[] => [
  { column: boxes.size, direction, value: (row) => row.size },
  { column: boxes.madeAt, direction, value: (row) => row.madeAt },
  { column: boxes.id, direction: 'ASC', value: (row) => row.id },
]
const page = async (args: PageArguments, keys = bySize('ASC'), list = 'boxes') => {
  const set = keyset(list, keys, args)
  const rows = await toy.database.db
    .select()
    .from(boxes)
    .where(set.where)
    .orderBy(...set.orderBy)
    .limit(set.limit)
  return connection(list, keys, args, rows, async () => 8)
}
async function walk(keys: OrderKey<BoxRow>[], first: number): Promise<string[][]> {
  const pages: string[][] = []
  let after: string | null = null
  do {
    const { nodes, pageInfo }: Awaited<ReturnType<typeof page>> = await page({ first, after }, keys)
    pages.push(nodes.map((row) => row.label))
    after = pageInfo.hasNextPage ? pageInfo.endCursor : null
  } while (after)
  return pages
}

describe('a keyset', () => {
  it.each(['ASC', 'DESC'] as const)('walks ties %s without losing or repeating a row', async (direction) => {
    const all = (await toy.database.db.select().from(boxes).orderBy(asc(boxes.id))).map((row) => row)
    const sign = direction === 'ASC' ? 1 : -1
    const expected = all.toSorted((a, b) => sign * (a.size - b.size)).map((row) => row.label)
    expect((await walk(bySize(direction), 3)).map((labels) => labels.length)).toEqual([3, 3, 2])
    for (const first of [1, 3, 4, 8, 100])
      expect((await walk(bySize(direction), first)).flat()).toEqual(expected)
  })

  it('says where a page stands', async () => {
    const first = await page({ first: 8 })
    expect(first.pageInfo).toMatchObject({ hasNextPage: false, endCursor: first.edges[7]?.cursor })
    expect((await page({ first: 7 })).pageInfo.hasNextPage).toBe(true)
    const none = await page({ first: 5, after: first.pageInfo.endCursor })
    expect(none).toMatchObject({ edges: [], nodes: [], pageInfo: { hasNextPage: false, endCursor: null } })
  })

  it('refuses page sizes out of range', async () => {
    for (const first of [0, -1, 101, 1.5, Number.NaN]) {
      expect(() => keyset('boxes', bySize('ASC'), { first })).toThrow(
        new BadUserInput('"first" must be between 1 and 100.'),
      )
    }
  })

  it('refuses the cursors of others, and what is none', async () => {
    const cursor = (await page({ first: 1 })).pageInfo.endCursor ?? ''
    const [sign, ...values] = JSON.parse(Buffer.from(cursor, 'base64url').toString())
    const forged = (...parts: unknown[]) => Buffer.from(JSON.stringify(parts)).toString('base64url')
    const cursors = [
      '',
      'x',
      forged(),
      forged(sign),
      forged(sign, ...values, 1),
      forged(sign, 'one', ...values.slice(1)),
      forged(sign, values[0], 'no date', values[2]),
      forged(sign, values[0], values[1], 7),
      forged(sign, values[0], values[1], null),
      forged(sign, values[0], values[1], newId('evt')),
    ]
    for (const after of cursors) await expect(page({ first: 1, after })).rejects.toThrow(BadUserInput)
    await expect(page({ first: 1, after: cursor }, bySize('DESC'))).rejects.toThrow(
      /does not belong to this list/,
    )
    await expect(page({ first: 1, after: cursor }, bySize('ASC'), 'others')).rejects.toThrow(
      /does not belong/,
    )
  })
})

describe('nested pages', () => {
  const loader = () =>
    pagesByParent<BoxRow, { least: number } | null>(ctx, {
      list: 'Shelf.boxes',
      table: boxes,
      parent: boxes.shelfId,
      parentOf: (row) => row.shelfId ?? '',
      keys: bySize('DESC'),
      where: (filter) => and(gt(boxes.size, -1), filter ? gt(boxes.size, filter.least - 1) : undefined),
    })
  const counted = async <T>(work: () => Promise<T>) => {
    const from = statements.length
    return { result: await work(), sent: statements.length - from }
  }

  it('read one page for each of many parents with one statement, and count only when asked, with one more', async () => {
    const pages = loader()
    const read = await counted(() =>
      Promise.all(shelves.map((parentId) => pages.load({ parentId, page: { first: 2 }, filter: null }))),
    )
    expect(read.sent).toBe(1)
    expect(
      read.result.map(({ nodes, pageInfo }) => [nodes.map((row) => row.size), pageInfo.hasNextPage]),
    ).toEqual([
      [[2, 1], true],
      [[3, 3], true],
      [[], false],
    ])
    expect(read.result[1]?.nodes[0]).toEqual({
      ...boxRow(''),
      id: expect.stringMatching(/^box_/),
      label: expect.stringMatching(/^box [67]$/),
      size: 3,
      shelfId: half,
    })
    const totals = await counted(() => Promise.all(read.result.map((one) => one.totalCount())))
    expect(totals).toEqual({ result: [5, 3, 0], sent: 1 })
  })

  it('go on behind a cursor, and another filter is another statement', async () => {
    const pages = loader()
    const first = await pages.load({ parentId: full, page: { first: 2 }, filter: null })
    const after = first.pageInfo.endCursor
    const next = await pages.load({ parentId: full, page: { first: 9, after }, filter: null })
    expect(next.nodes.map((row) => row.size)).toEqual([1, 0, 0])
    expect(next.pageInfo.hasNextPage).toBe(false)
    const filtered = await counted(() =>
      Promise.all([
        pages.load({ parentId: full, page: { first: 9 }, filter: { least: 1 } }),
        pages.load({ parentId: half, page: { first: 9 }, filter: { least: 3 } }),
      ]),
    )
    expect(filtered.sent).toBe(2)
    expect(filtered.result.map(({ nodes }) => nodes.length)).toEqual([3, 2])
    expect(await Promise.all(filtered.result.map((one) => one.totalCount()))).toEqual([3, 2])
    expect(empty).toMatch(/^shf_/)
  })

  it('refuse the cursor of another list', async () => {
    const foreign = (await page({ first: 1 }, bySize('DESC'))).pageInfo.endCursor
    const loading = loader().load({ parentId: full, page: { first: 2, after: foreign }, filter: null })
    await expect(loading).rejects.toThrow(BadUserInput)
  })
})
