import { type Connection, connection, keyset, type OrderKey } from '@guildhall/kit/paging'
import { and, eq, isNull } from 'drizzle-orm'
import type { QueryServiceAccountsArgs } from '../generated/graphql.ts'
import type { Ctx } from '../loaders.ts'
import { type ServiceAccountRow, serviceAccounts } from '../tables.ts'

const latestFirst: OrderKey<ServiceAccountRow>[] = [
  { column: serviceAccounts.createdAt, direction: 'DESC', value: (row) => row.createdAt },
  { column: serviceAccounts.id, direction: 'DESC', value: (row) => row.id },
]

/** The list behind `Query.serviceAccounts`. */
export async function listServiceAccounts(
  ctx: Ctx,
  { organizationId, first, after }: QueryServiceAccountsArgs,
): Promise<Connection<ServiceAccountRow>> {
  ctx.require('service-accounts:manage', { organizationId })
  const page = { first: first ?? 20, after }
  const set = keyset('Query.serviceAccounts', latestFirst, page)
  const where = and(eq(serviceAccounts.organizationId, organizationId), isNull(serviceAccounts.deletedAt))
  const rows = await ctx.db
    .select()
    .from(serviceAccounts)
    .where(and(where, set.where))
    .orderBy(...set.orderBy)
    .limit(set.limit)
  return connection('Query.serviceAccounts', latestFirst, page, rows, () =>
    ctx.db.$count(serviceAccounts, where),
  )
}
