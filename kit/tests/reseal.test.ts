import { randomUUID } from 'node:crypto'
import { eq } from 'drizzle-orm'
import { integer, primaryKey, text, uuid } from 'drizzle-orm/pg-core'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import type { DomainRuntime } from '../context.ts'
import { openDatabase } from '../database.ts'
import { reseal, sealedColumn } from '../reseal.ts'
import { createVault, type Vault } from '../vault.ts'
import { captureLog } from './support/capture-log.ts'
import { contextIn, createToy, type Toy, times, toySchema } from './support/toy.ts'

const safes = toySchema.table('safe', { id: uuid().primaryKey().notNull(), secret: text(), found: text() })
const drawers = toySchema.table(
  'drawer',
  { safeId: uuid().notNull(), no: integer().notNull(), secret: text().notNull() },
  (t) => [primaryKey({ name: 'drawer_pk', columns: [t.safeId, t.no] })],
)
const placeOf = ({ id }: { id: string }) => `toy.safe.secret:${id}`
const sealedSafes = sealedColumn({
  table: safes,
  column: 'secret',
  place: placeOf,
  blindIndex: { column: 'found', purpose: 'safe', of: (secret) => secret.toLowerCase() },
})

const [first, second] = ['the first secret of this house 1111', 'the second secret of this house 222']
const before = createVault({ current: first })
const during = createVault({ current: second, retired: [first] })
const after = createVault({ current: second })

let toy: Toy
beforeAll(async () => {
  toy = await createToy()
  await toy.database.sql.unsafe(`
    create table toy.safe (id uuid primary key, secret text, found text);
    create table toy.drawer (safe_id uuid, no integer, secret text not null, primary key (safe_id, no))`)
})
afterAll(() => toy.close())
beforeEach(() => toy.database.sql`truncate toy.safe, toy.drawer`.then(() => {}))

const runtimeWith = (vault: Vault, more: Partial<DomainRuntime> = {}) =>
  contextIn({ ...toy.runtime, vault, ...more })

async function fill(count: number, vault: Vault = before) {
  const rows = times(count, (no) => {
    const id = randomUUID()
    const secret = `Secret ${no}`
    return {
      id,
      secret: vault.seal(secret, placeOf({ id })),
      found: vault.blindIndex(secret.toLowerCase(), 'safe'),
    }
  })
  await toy.database.db.insert(safes).values(rows)
  return rows
}

const kept = async (vault: Vault) =>
  (await toy.database.db.select().from(safes))
    .map((row) => (row.secret === null ? null : vault.open(row.secret, placeOf(row))))
    .sort()

it('brings every row under the new secret, which then needs no other, and then does nothing', async () => {
  await fill(250)
  await toy.database.db.insert(safes).values({ id: randomUUID(), secret: null })
  const { log, lines } = captureLog()
  expect(await reseal(runtimeWith(during, { log }), sealedSafes)).toBe(250)
  expect(lines.filter(({ resealed }) => resealed)).toMatchObject([
    { table: 'safe', column: 'secret', resealed: 250 },
  ])
  expect(await kept(after)).toEqual([...times(250, (no) => `Secret ${no}`).sort(), null])
  const whole = await toy.database.db.select().from(safes)
  expect(await reseal(runtimeWith(during), sealedSafes)).toBe(0)
  expect(await toy.database.db.select().from(safes)).toEqual(whole)
})

it('changes the blind index together with the value', async () => {
  await fill(3)
  await reseal(runtimeWith(during), sealedSafes)
  const found = await toy.database.db
    .select()
    .from(safes)
    .where(eq(safes.found, after.blindIndex('secret 1', 'safe')))
  expect(found.map((row) => after.open(row.secret ?? '', placeOf(row)))).toEqual(['Secret 1'])
})

it('seals what was kept plainly before there was a secret', async () => {
  await fill(3, createVault({}))
  expect(await reseal(runtimeWith(after), sealedSafes)).toBe(3)
  const rows = await toy.database.sql`select secret from toy.safe where secret like 'v1.%'`
  expect(rows).toHaveLength(3)
  expect(await kept(after)).toEqual(['Secret 0', 'Secret 1', 'Secret 2'])
})

it('finds rows by a key of several columns', async () => {
  const drawer = (row: { safeId: string; no: number }) => `toy.drawer.secret:${row.safeId}/${row.no}`
  const safeId = randomUUID()
  const rows = times(230, (no) => ({
    safeId,
    no,
    secret: before.seal(`Secret ${no}`, drawer({ safeId, no })),
  }))
  await toy.database.db.insert(drawers).values(rows)
  const sealed = sealedColumn({ table: drawers, column: 'secret', place: drawer })
  expect(await reseal(runtimeWith(during), sealed)).toBe(230)
  for (const row of await toy.database.db.select().from(drawers))
    expect(after.open(row.secret, drawer(row))).toBe(`Secret ${row.no}`)
})

it('passes over what it cannot open, says so, and leaves it as it is', async () => {
  const lost = await fill(150, createVault({ current: 'a third secret, which nobody remembers' }))
  await fill(150)
  const { log, lines } = captureLog()
  expect(await reseal(runtimeWith(during, { log }), sealedSafes)).toBe(150)
  expect(lines.filter(({ msg }) => msg === 'a sealed value cannot be opened')).toHaveLength(150)
  expect(JSON.stringify(lines)).not.toContain('Secret ')
  const left = await toy.database
    .sql`select secret from toy.safe where not starts_with(secret, ${during.currentPrefix})`
  expect(left.map(({ secret }) => secret).sort()).toEqual(lost.map(({ secret }) => secret).sort())
})

it('loses no change that is made meanwhile, with several processes at it', async () => {
  const rows = await fill(400)
  const processes = times(3, () => openDatabase(toy.url, 5))
  const writer = openDatabase(toy.url, 5)
  let isDone = false
  const changes = new Map<string, string>()
  const writing = (async () => {
    // Back and forth between the versions of a rolling deployment: some still write under the first secret.
    for (let no = 0; !isDone || no < 200; no++) {
      const row = rows[(no * 7) % rows.length]
      if (!row) throw new Error('no row')
      const vault = no % 2 ? before : during
      await writer.db
        .update(safes)
        .set({ secret: vault.seal(`Change ${no}`, placeOf(row)) })
        .where(eq(safes.id, row.id))
      changes.set(row.id, `Change ${no}`)
    }
  })()
  try {
    await Promise.all(processes.map((database) => reseal(runtimeWith(during, { database }), sealedSafes)))
    isDone = true
    await writing
    await reseal(runtimeWith(during), sealedSafes)
  } finally {
    isDone = true
    await Promise.all([...processes, writer].map((database) => database.close()))
  }
  const expected = rows.map(({ id }, no) => [id, changes.get(id) ?? `Secret ${no}`])
  const found = (await toy.database.db.select().from(safes)).map((row) => [
    row.id,
    after.open(row.secret ?? '', placeOf(row)),
  ])
  expect(Object.fromEntries(found)).toEqual(Object.fromEntries(expected))
  expect(changes.size).toBeGreaterThan(100)
})

it('refuses a table whose rows cannot be told apart', async () => {
  const loose = toySchema.table('loose', { secret: text() })
  expect(() => sealedColumn({ table: loose, column: 'secret', place: () => '' })).toThrow(
    'loose has no primary key',
  )
})
