import type { ExecutionResult, GraphQLError, GraphQLFormattedError } from 'graphql'
import { LookUpFailed, NothingThere } from './merged-schema.ts'

type Path = readonly (string | number)[]

/** What two answers are compared by. */
interface Essence {
  /** The data as text: values, and the order of fields. */
  data: string
  /** Places of the answer that errors explain, as text, without repetitions. */
  errors: ReadonlySet<string>
}

/**
 * What is wrong with the router's answer beside that of the merged schema; null when nothing is.
 *
 * - `data` must be the same, to the order of its fields.
 * - Errors are compared by the place that they explain: where their path first meets null. A null may have several
 *   reasons (`name` and `email` both fail and either is promised); how many of them are told depends on timing in
 *   graphql-js and on who asks whom in a federation. Messages are not compared: the router masks them.
 * - A subgraph that fails to look an entity up fails the entity, a merged schema its fields: both count as the entity's.
 * - A reference to nothing, where something is promised, is an error in a merged schema and silent in a federation.
 *   Such places may or may not be explained by other errors.
 * - What a plan fetches for one type of parent it fetches for all that stand at the same place; when that fails where nobody
 *   asked for it, the error explains a field that the answer does not have. Such errors are counted by `errorsBeside`.
 * - A request that cannot be executed at all has no data, and errors of any kind.
 */
export function difference(
  merged: ExecutionResult,
  routed: { data?: unknown; errors?: readonly GraphQLFormattedError[] },
): string | null {
  const left = essence(merged.data, (merged.errors ?? []).filter((error) => !isSilent(error)).map(pathOf))
  const right = essence(
    routed.data,
    (routed.errors ?? []).map(({ path }) => path),
  )
  if (left.data !== right.data)
    return `data differ:\n  merged ${left.data}\n  routed ${right.data} ${JSON.stringify(routed.errors)}`

  const silent = essence(merged.data, (merged.errors ?? []).filter(isSilent).map(pathOf)).errors
  const missing = [...left.errors].filter((place) => !right.errors.has(place) && !silent.has(place))
  const surplus = [...right.errors].filter(
    (place) => !left.errors.has(place) && !silent.has(place) && !place.endsWith(absent),
  )
  if (missing.length + surplus.length === 0) return null
  return `errors differ: not explained ${missing.join(' ')}; explained without reason ${surplus.join(' ')}\n  ${left.data}`
}

function essence(data: unknown, paths: readonly (Path | undefined)[]): Essence {
  return {
    data: JSON.stringify(data) ?? 'none',
    errors: new Set(
      data === undefined ? (paths.length > 0 ? ['refused'] : []) : paths.map((path) => placeOf(data, path)),
    ),
  }
}

/** How many errors explain fields that the answer does not have. */
export const errorsBeside = ({
  data,
  errors = [],
}: {
  data?: unknown
  errors?: readonly GraphQLFormattedError[]
}): number =>
  data === undefined ? 0 : errors.filter(({ path }) => placeOf(data, path).endsWith(absent)).length

const absent = ' (absent)'

/** The part of the path up to the first null. */
function placeOf(data: unknown, path: Path | undefined): string {
  if (!path) return 'nowhere'
  let value = data
  const place: (string | number)[] = []
  for (const step of path) {
    if (value === null || typeof value !== 'object') break
    value = (value as Record<string | number, unknown>)[step]
    place.push(step)
  }
  // Something that failed and is there all the same would be a mistake, and is told apart.
  return `/${place.join('/')}${value === null ? '' : value === undefined ? absent : ' (not null)'}`
}

const isSilent = ({ originalError }: GraphQLError): boolean => originalError instanceof NothingThere

const pathOf = ({ path, originalError }: GraphQLError): Path | undefined =>
  originalError instanceof LookUpFailed ? path?.slice(0, -1) : path
