import { identified, instant, typeId, versioned } from '@guildhall/kit/columns'
import { backboneTables } from '@guildhall/kit/events/tables'
import { integer, pgSchema, text } from 'drizzle-orm/pg-core'

export const depotSchema = pgSchema('depot')
export const backbone = backboneTables(depotSchema)

const stored = { organizationId: typeId('org').notNull(), addedAt: instant().notNull(), ...versioned }

export const shelves = depotSchema.table('shelf', {
  ...identified('shelf'),
  ...stored,
  name: text().notNull(),
  location: text().notNull(),
})

export const crates = depotSchema.table('crate', {
  ...identified('crate'),
  ...stored,
  shelfId: typeId('shelf').notNull(),
  name: text().notNull(),
})

export const parts = depotSchema.table('part', {
  ...identified('part'),
  ...stored,
  crateId: typeId('crate').notNull(),
  sku: text().notNull(),
  stock: integer().notNull(),
})

export type ShelfRow = typeof shelves.$inferSelect
export type CrateRow = typeof crates.$inferSelect
export type PartRow = typeof parts.$inferSelect
