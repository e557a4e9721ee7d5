import { readFileSync } from 'node:fs'
import path from 'node:path'
import { newId, uuidOf } from '@guildhall/kit/ids'
import postgres from 'postgres'

const shelfCount = 10
const cratesPerShelf = 10
const partsPerCrate = 5

/** Makes the tables and 10 × 10 × 5 rows of one organization, whose id it gives back. */
export async function seedRows(url: string): Promise<string> {
  const sql = postgres(url, { max: 1, onnotice: () => {} })
  const organization = newId('org')
  const organization_id = uuidOf('org', organization)
  let made = 0
  const fresh = (prefix: string) => uuidOf(prefix, newId(prefix))
  /** No two at the same time: nobody shall gain by remembering how an instant is written. */
  const common = () => ({ organization_id, added_at: new Date(Date.UTC(2026, 2, 1) + made++ * 7_654_321) })
  const shelves = Array.from({ length: shelfCount }, (_, index) => ({
    ...common(),
    id: fresh('shelf'),
    name: `Shelf ${index}`,
    location: 'Hall 2',
  }))
  const crates = shelves.flatMap((shelf) =>
    Array.from({ length: cratesPerShelf }, (_, index) => ({
      ...common(),
      id: fresh('crate'),
      shelf_id: shelf.id,
      name: `Crate ${index}`,
    })),
  )
  const parts = crates.flatMap((crate) =>
    Array.from({ length: partsPerCrate }, (_, index) => ({
      ...common(),
      id: fresh('part'),
      crate_id: crate.id,
      sku: `A-${1000 + index}`,
      stock: 10 + index,
    })),
  )
  try {
    await sql.unsafe(readFileSync(path.join(import.meta.dirname, 'tables.sql'), 'utf8'))
    await sql`insert into depot.shelf ${sql(shelves)}`
    await sql`insert into depot.crate ${sql(crates)}`
    await sql`insert into depot.part ${sql(parts)}`
    await sql`analyze`
  } finally {
    await sql.end()
  }
  return organization
}
