import type { OrderKey } from '@guildhall/kit/paging'
import { type ProjectRow, projects } from './tables.ts'

/** Whoever started first on top. */
export const firstStarted: OrderKey<ProjectRow>[] = [
  { column: projects.createdAt, direction: 'ASC', value: (row) => row.createdAt },
  { column: projects.id, direction: 'ASC', value: (row) => row.id },
]
