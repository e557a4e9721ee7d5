import { connection, keyset, type OrderKey, type PageArguments } from '@guildhall/kit/paging'
import { type Ctx, platform } from './loaders.ts'
import { type OperatorActConnectionRow, type OperatorActRow, operatorActs } from './tables.ts'

const list = 'Query.operatorActs'

const latestActs: OrderKey<OperatorActRow>[] = [
  { column: operatorActs.createdAt, direction: 'DESC', value: (row) => row.createdAt },
  { column: operatorActs.id, direction: 'DESC', value: (row) => row.id },
]

/** The list behind `Query.operatorActs`. */
export async function listActs(ctx: Ctx, page: PageArguments): Promise<OperatorActConnectionRow> {
  ctx.require('operations:read', platform)
  const set = keyset(list, latestActs, page)
  const rows = await ctx.db
    .select()
    .from(operatorActs)
    .where(set.where)
    .orderBy(...set.orderBy)
    .limit(set.limit)
  return connection(list, latestActs, page, rows, () => ctx.db.$count(operatorActs))
}
