import DataLoader from 'dataloader'
import { and, asc, eq, lt, type SQL, sql } from 'drizzle-orm'
import { index, integer, type PgColumn, type PgSchema, primaryKey, text } from 'drizzle-orm/pg-core'
import { anyOf } from './any-of.ts'
import { typeId } from './columns.ts'
import type { Context, Tenanted, Transaction } from './context.ts'
import type { Contract } from './contract.ts'
import { Forbidden, Unauthenticated } from './errors.ts'
import { isId } from './ids.ts'

/**
 * Roles that people have on single objects of another domain (judge of an event), kept from that domain's events. These
 * people need not belong to the organization, so their rights are not among the grants of their context.
 *
 * @param prefix of the objects' ids.
 */
export const objectRoles = (schema: PgSchema, name: string, prefix: string) =>
  schema.table(
    name,
    {
      objectId: typeId(prefix).notNull(),
      organizationId: typeId('org').notNull(),
      userId: typeId('usr').notNull(),
      /** Empty once all were taken back: an older piece of news that comes late must not give them again. */
      roles: text().array().notNull(),
      version: integer().notNull(),
    },
    (t) => [
      primaryKey({ name: `${name}_once`, columns: [t.objectId, t.userId] }),
      index(`${name}_by_user`).on(t.userId),
    ],
  )

export type ObjectRolesTable = ReturnType<typeof objectRoles>

/** What one person may do with one object, as its owner tells. */
export type HeldRoles = ObjectRolesTable['$inferSelect']

/** Keeps the newest that was heard of a person's roles. */
export async function keepObjectRoles(
  tx: Transaction,
  table: ObjectRolesTable,
  { objectId, organizationId, userId, roles, version }: HeldRoles,
): Promise<void> {
  await tx
    .insert(table)
    .values({ objectId, organizationId, userId, roles, version })
    .onConflictDoUpdate({
      target: [table.objectId, table.userId],
      set: { organizationId, roles, version },
      setWhere: lt(table.version, version),
    })
}

/** Where a domain keeps roles on objects: {@link objectRoles}, or columns of its own where the objects are its own. */
export interface RoleColumns {
  objectId: PgColumn
  userId: PgColumn
  /** `text[]` */
  roles: PgColumn
}

/** Questions to what a domain knows of roles; made by {@link objectStanding}. Answers are remembered for an operation. */
export interface ObjectStanding {
  /** Whether the caller may do this with the object, by the organization or by a role on the object itself. */
  can(ctx: Context, permission: string, object: Required<Tenanted>): Promise<boolean>
  /** @throws Unauthenticated or Forbidden when the caller may not. */
  require(ctx: Context, permission: string, object: Required<Tenanted>): Promise<void>
  /** The caller's roles on an object; none for who is nobody. */
  roles(ctx: Context, objectId: string): Promise<readonly string[]>
  /** What was remembered is forgotten: before a stream looks again whether its reader may go on. */
  forget(ctx: Context): void
  /** A subquery: the objects on which a role lets the caller do this; with null, those on which they have any role. */
  objects(ctx: Context, permission: string | null): SQL
  /** Who has one of these roles on the object, in the order of their ids. */
  people(db: Pick<Context['db'], 'select'>, objectId: string, roles: readonly string[]): Promise<string[]>
}

/**
 * Rights that follow from roles on objects: a permission of the contract names the roles that hold it (`heldOn`). One
 * statement answers for all objects that are asked for together.
 *
 * @param prefix of the objects' ids, as in `heldOn`.
 */
export function objectStanding(
  contract: Pick<Contract, 'permissions'>,
  prefix: string,
  columns: RoleColumns,
): ObjectStanding {
  const holding = (permission: string): readonly string[] =>
    contract.permissions[permission]?.heldOn?.[prefix] ?? []
  // Not in a WeakMap: what an old one holds for young keys outlives the collections of young objects.
  const key = Symbol(`roles on ${prefix}`)
  type Holder = Context & { [key]?: DataLoader<string, readonly string[]> | undefined }
  const loaderOf = (ctx: Holder) => {
    const known = Object.hasOwn(ctx, key) ? ctx[key] : undefined
    if (known) return known
    const made = new DataLoader((ids: readonly string[]) => readRoles(ctx, columns, ids))
    Object.defineProperty(ctx, key, { value: made, configurable: true })
    return made
  }
  const roles: ObjectStanding['roles'] = async (ctx, objectId) =>
    ctx.viewer && isId(prefix, objectId) ? loaderOf(ctx).load(objectId) : []
  const can: ObjectStanding['can'] = async (ctx, permission, object) => {
    if (ctx.can(permission, object)) return true
    if (!isOpenTo(ctx, permission) || holding(permission).length === 0) return false
    const held = await roles(ctx, object.id)
    return holding(permission).some((role) => held.includes(role))
  }
  return {
    can,
    roles,
    async require(ctx, permission, object) {
      if (await can(ctx, permission, object)) return
      throw ctx.caller.kind === 'anonymous' ? new Unauthenticated() : new Forbidden()
    },
    forget: (ctx: Holder) => void delete ctx[key],
    objects(ctx, permission) {
      if (!ctx.viewer || !isOpenTo(ctx, permission)) return sql`(select null::uuid where false)`
      const wanted =
        permission === null ? sql`cardinality(${columns.roles}) > 0` : overlaps(columns, holding(permission))
      return sql`${ctx.db
        .select({ id: columns.objectId })
        .from(columns.objectId.table)
        .where(and(eq(columns.userId, ctx.viewer.userId), wanted))}`
    },
    async people(db, objectId, wanted) {
      const rows = await db
        .select({ userId: columns.userId })
        .from(columns.userId.table)
        .where(and(eq(columns.objectId, objectId), overlaps(columns, wanted)))
        .orderBy(asc(columns.userId))
      return rows.map((row) => String(row.userId))
    },
  }
}

/** Whether the caller's key or token was made for this, if it was made for less than everything. */
const isOpenTo = ({ viewer }: Context, permission: string | null): boolean =>
  viewer !== null &&
  (viewer.narrowedTo === undefined || (permission !== null && viewer.narrowedTo.includes(permission)))

const overlaps = (columns: RoleColumns, roles: readonly string[]): SQL =>
  sql`${columns.roles} && ${sql.param(`{${roles.join(',')}}`)}::text[]`

async function readRoles(
  ctx: Context,
  columns: RoleColumns,
  ids: readonly string[],
): Promise<(readonly string[])[]> {
  const userId = ctx.viewer?.userId
  if (!userId) return ids.map(() => [])
  const rows = await ctx.db
    .select({ objectId: columns.objectId, roles: columns.roles })
    .from(columns.objectId.table)
    .where(and(eq(columns.userId, userId), anyOf(columns.objectId, ids)))
  const found = new Map(rows.map((row) => [String(row.objectId), row.roles as string[]]))
  return ids.map((id) => found.get(id) ?? [])
}
