import { type Connection, connection, keyset, type OrderKey } from '@guildhall/kit/paging'
import { and, eq, ilike, inArray, or, type SQL } from 'drizzle-orm'
import type { QueryUsersArgs, UserFilter, UserOrder } from '../generated/graphql.ts'
import type { Ctx } from '../loaders.ts'
import { type UserRow, users } from '../tables.ts'

/** The list behind `Query.users`. */
export async function listUsers(ctx: Ctx, args: QueryUsersArgs): Promise<Connection<UserRow>> {
  ctx.require('users:read', { organizationId: null })
  const page = { first: args.first ?? 20, after: args.after }
  const keys = orderOf(args.orderBy)
  const set = keyset('Query.users', keys, page)
  const where = matching(args.filter)
  const rows = await ctx.db
    .select()
    .from(users)
    .where(and(where, set.where))
    .orderBy(...set.orderBy)
    .limit(set.limit)
  return connection('Query.users', keys, page, rows, () => ctx.db.$count(users, where))
}

function orderOf({ field, direction }: UserOrder): OrderKey<UserRow>[] {
  const id: OrderKey<UserRow> = { column: users.id, direction, value: (row) => row.id }
  return field === 'DISPLAY_NAME'
    ? [{ column: users.displayName, direction, value: (row) => row.displayName }, id]
    : [{ column: users.createdAt, direction, value: (row) => row.createdAt }, id]
}

function matching(filter: UserFilter | null | undefined): SQL | undefined {
  const { search, status, kind } = filter ?? {}
  const beginning = search?.trim() ? `${search.trim().replaceAll(/[\\%_]/g, '\\$&')}%` : null
  return and(
    beginning ? or(ilike(users.email, beginning), ilike(users.displayName, beginning)) : undefined,
    status ? inArray(users.status, status) : undefined,
    kind ? eq(users.kind, kind) : undefined,
  )
}
