import type { Context } from '@guildhall/kit/context'
import { byId } from '@guildhall/kit/loaders'
import { pagesByParent } from '@guildhall/kit/nested-pages'
import { type Connection, connection, keyset, type OrderKey, type PageArguments } from '@guildhall/kit/paging'
import { inArray } from 'drizzle-orm'
import type { PgColumn } from 'drizzle-orm/pg-core'
import { type CrateRow, crates, type PartRow, parts, type ShelfRow, shelves } from './tables.ts'

export type Ctx = Context<ReturnType<typeof loaders>>

const ordered = <Row extends { id: string }>(
  first: OrderKey<Row>,
  id: PgColumn,
): readonly OrderKey<Row>[] => [first, { column: id, direction: 'ASC', value: (row) => row.id }]

const shelvesByName = ordered<ShelfRow>(
  { column: shelves.name, direction: 'ASC', value: (row) => row.name },
  shelves.id,
)
const cratesByName = ordered<CrateRow>(
  { column: crates.name, direction: 'ASC', value: (row) => row.name },
  crates.id,
)
const partsBySku = ordered<PartRow>(
  { column: parts.sku, direction: 'ASC', value: (row) => row.sku },
  parts.id,
)

/** A caller sees what is their organizations'. */
const ownOf = (ctx: Context, organizationId: PgColumn) =>
  inArray(organizationId, Object.keys(ctx.viewer?.grants ?? {}))

export const loaders = (ctx: Context) => ({
  shelf: byId<ShelfRow>(ctx, 'shelf', shelves, ownOf(ctx, shelves.organizationId)),
  crate: byId<CrateRow>(ctx, 'crate', crates, ownOf(ctx, crates.organizationId)),
  part: byId<PartRow>(ctx, 'part', parts, ownOf(ctx, parts.organizationId)),
  cratesOfShelf: pagesByParent<CrateRow, null>(ctx, {
    list: 'Shelf.crates',
    table: crates,
    parent: crates.shelfId,
    parentOf: (row) => row.shelfId,
    keys: cratesByName,
    where: () => ownOf(ctx, crates.organizationId),
  }),
  partsOfCrate: pagesByParent<PartRow, null>(ctx, {
    list: 'Crate.parts',
    table: parts,
    parent: parts.crateId,
    parentOf: (row) => row.crateId,
    keys: partsBySku,
    where: () => ownOf(ctx, parts.organizationId),
  }),
})

export async function listShelves(ctx: Ctx, page: PageArguments): Promise<Connection<ShelfRow>> {
  const set = keyset('Query.shelves', shelvesByName, page)
  const where = ownOf(ctx, shelves.organizationId)
  const rows = await ctx.db
    .select()
    .from(shelves)
    .where(where)
    .orderBy(...set.orderBy)
    .limit(set.limit)
  return connection('Query.shelves', shelvesByName, page, rows, () => ctx.db.$count(shelves, where))
}
