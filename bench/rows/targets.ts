import { prefixOf, uuidOf } from '@guildhall/kit/ids'

/** One server of the suite as a program. */
export interface RowsTarget {
  name: string
  script: string
  query: string
  environment?: Record<string, string>
  /** What answers with success once it is there. */
  ready?: string
  /** Whether it is installed by the benchmark alone. */
  isPeer?: boolean
}

const ourQuery = `{ shelves(first: 10) { nodes { id name location addedAt
  crates(first: 10) { nodes { id name parts(first: 5) { nodes { id sku stock addedAt } } } } } } }`

/** The first is the yardstick. */
export const rowsTargets: readonly RowsTarget[] = [
  {
    name: 'Apollo Server, DataLoader, postgres.js',
    script: 'bench/rows/targets/plain-apollo.ts',
    query: '{ shelves { id name location addedAt crates { id name parts { id sku stock addedAt } } } }',
  },
  {
    name: 'PostGraphile 5',
    script: 'bench/rows/targets/postgraphile.ts',
    isPeer: true,
    query: `{ shelves: allShelves(first: 10) { nodes { id: rowId name location addedAt
      crates: cratesByShelfId(first: 10) { nodes { id: rowId name
        parts: partsByCrateId(first: 5) { nodes { id: rowId sku stock addedAt } } } } } } }`,
  },
  {
    name: 'Guildhall subgraph, HTTP',
    script: 'bench/rows/targets/ours.ts',
    ready: '/health/ready',
    query: ourQuery,
  },
  {
    name: 'Guildhall subgraph, in one process',
    script: 'bench/rows/targets/ours.ts',
    environment: { BENCH_IN_PROCESS: '1' },
    query: ourQuery,
  },
]

/** What every answer says in its own shape: lists without their connections, native ids, instants in one notation. */
export function plainly(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plainly)
  if (typeof value !== 'object' || value === null) return value
  if ('nodes' in value) return plainly(value.nodes)
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => {
      if (key === 'id') return [key, nativeId(String(inner))]
      if (key === 'addedAt') return [key, new Date(String(inner)).toISOString()]
      return [key, plainly(inner)]
    }),
  )
}

function nativeId(id: string): string {
  const prefix = prefixOf(id)
  return prefix ? uuidOf(prefix, id) : id
}
