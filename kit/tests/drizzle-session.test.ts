import { asc, eq, getTableColumns, sql } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/postgres-js'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { anyOf } from '../any-of.ts'
import { type Database, openDatabase } from '../database.ts'
import { newId } from '../ids.ts'
import { boxes, boxRow, createToy, type Toy, times } from './support/toy.ts'

describe('statements of a database', () => {
  let toy: Toy
  let database: Database
  const shelf = newId('shf')
  const rows = times(4, (no) => ({ ...boxRow(`box ${no}`, no), shelfId: no < 3 ? shelf : null }))
  beforeAll(async () => {
    toy = await createToy()
    // One connection: what is prepared belongs to it.
    database = openDatabase(toy.url, 1)
    await database.db.insert(boxes).values(rows)
  })
  afterAll(async () => {
    await database.close()
    await toy.close()
  })

  it('give the rows that Drizzle gives, in every shape of a query', async () => {
    const other = sql`(select * from toy.box) as other`
    const queries = (db: Pick<Database['db'], 'select'>) => [
      db.select().from(boxes).orderBy(asc(boxes.size)),
      db
        .select({ label: boxes.label, twice: sql<number>`${boxes.size} * 2`.mapWith(Number).as('twice') })
        .from(boxes),
      db
        .select({ ...getTableColumns(boxes), no: sql<string>`row_number() over (order by ${boxes.size})` })
        .from(boxes),
      db
        .select({ box: boxes, nested: { size: boxes.size } })
        .from(boxes)
        .leftJoin(other, eq(sql`other.id`, boxes.shelfId)),
      db
        .select({ id: boxes.id, known: sql`${boxes.shelfId}` })
        .from(boxes)
        .where(eq(boxes.size, 3)),
    ]
    const ours = await Promise.all(queries(database.db))
    const theirs = await Promise.all(queries(drizzle(database.sql, { casing: 'snake_case' })))
    const within = await database.db.transaction(async (tx) => {
      const answers = []
      for (const query of queries(tx)) answers.push(await query)
      return answers
    })
    expect(ours).toEqual(theirs)
    expect(within).toEqual(theirs)
    expect(ours[0]).toEqual(rows)
  })

  it('are prepared when they come again, whatever the number of keys', async () => {
    const prepared = async () =>
      (
        await database.sql`select statement from pg_prepared_statements where statement like ${'%any_of_test%'}`
      ).length
    const read = (ids: readonly string[]) =>
      database.db
        .select({ any_of_test: sql<string>`label`.as('any_of_test') })
        .from(boxes)
        .where(anyOf(boxes.id, ids))
    const ids = rows.map(({ id }) => id)
    expect(await read(ids.slice(0, 1))).toHaveLength(1)
    expect(await read(ids.slice(0, 2))).toHaveLength(2)
    expect(await prepared()).toBe(0)
    expect(await read(ids.slice(0, 3))).toHaveLength(3)
    expect(await read([])).toHaveLength(0)
    expect(await read(ids)).toHaveLength(4)
    expect(await prepared()).toBe(1)
  })

  it('and writes in transactions, which are the same ones again and again', async () => {
    const prepared = async () =>
      (
        await database.sql`select from pg_prepared_statements where statement like ${'update % "label" = $1%'}`
      ).length
    const rename = (label: string) =>
      database.db.transaction((tx) => tx.update(boxes).set({ label }).where(eq(boxes.size, 1)))
    await rename('once')
    await rename('twice')
    expect(await prepared()).toBe(0)
    await rename('often')
    await rename('again')
    expect(await prepared()).toBe(1)
    expect(await database.db.select().from(boxes).where(eq(boxes.label, 'again'))).toHaveLength(1)
  })

  it('find keys that are hard to write down', async () => {
    const labels = ['a"b', 'a\\b', '{a,b}', "a'b", 'null', '', ' a ']
    await database.db.insert(boxes).values(labels.map((label) => boxRow(label)))
    const found = await database.db
      .select({ label: boxes.label })
      .from(boxes)
      .where(anyOf(boxes.label, [...labels, 'no such']))
    expect(found.map(({ label }) => label).sort()).toEqual(labels.toSorted())
  })
})
