import type { OrderKey } from '@guildhall/kit/paging'
import type { ProjectOrder } from './generated/graphql.ts'
import { type ProjectRow, projects } from './tables.ts'

/** Ties are broken by id, so that no project is skipped or seen twice. */
export function orderOf({ field, direction }: ProjectOrder): OrderKey<ProjectRow>[] {
  const byId: OrderKey<ProjectRow> = { column: projects.id, direction, value: (row) => row.id }
  const first: Record<ProjectOrder['field'], OrderKey<ProjectRow>> = {
    CREATED_AT: { column: projects.createdAt, direction, value: (row) => row.createdAt },
    UPDATED_AT: { column: projects.updatedAt, direction, value: (row) => row.updatedAt },
    TITLE: { column: projects.title, direction, value: (row) => row.title },
  }
  return [first[field], byId]
}

/** Whoever started first on top. */
export const firstStarted = orderOf({ field: 'CREATED_AT', direction: 'ASC' })

/** Batches of a list for each order in which it is asked for: one can be read only in one order at a time. */
export function inOrder<Batches>(
  make: (keys: readonly OrderKey<ProjectRow>[]) => Batches,
): (orderBy: ProjectOrder | null | undefined) => Batches {
  const made = new Map<string, Batches>()
  return (orderBy) => {
    const keys = orderBy ? orderOf(orderBy) : firstStarted
    const name = keys.map(({ column, direction }) => `${column.name} ${direction}`).join()
    const batches = made.get(name) ?? make(keys)
    made.set(name, batches)
    return batches
  }
}
