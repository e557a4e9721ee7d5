import { type Data, isData, isInherited, readOwn } from './own-keys.ts'

/** One step of the path of a fetch. `parent` is the path up to it. */
export type PathStep = { kind: 'items' } | { kind: 'field'; key: string; inherited: boolean; parent: string }

/** A path as one text. */
export const pathText = (path: readonly string[]): string => path.join('.')

/**
 * Paths at which several objects hold the same things, because an entity occurred more than once and what came for it is
 * not copied.
 */
export type SharedPaths = Set<string>

export const compilePath = (path: readonly string[]): PathStep[] =>
  path.map((key, index) =>
    key === '@'
      ? { kind: 'items' }
      : { kind: 'field', key, inherited: isInherited(key), parent: pathText(path.slice(0, index)) },
  )

/** The objects at a path, each once, although shared ones are reached from several. */
export function targetsAt(root: Data, path: readonly PathStep[], shared: SharedPaths): readonly Data[] {
  let found: unknown[] = [root]
  for (const step of path) {
    const next: unknown[] = []
    if (step.kind === 'items') {
      for (const list of found) if (Array.isArray(list)) for (const item of list) push(next, item)
      found = next
      continue
    }
    const { key, inherited } = step
    for (const value of found) if (isData(value)) push(next, inherited ? readOwn(value, key) : value[key])
    found = shared.has(step.parent) ? [...new Set(next)] : next
  }
  return found.filter(isData)
}

function push(values: unknown[], value: unknown): void {
  if (value !== null && value !== undefined) values.push(value)
}

/** A place in an answer. */
export type ResponsePath = readonly (string | number)[]

/** Every place at which the path leads to an object, for errors: they are told wherever the object occurs. */
export function occurrencesAt(
  root: Data,
  path: readonly PathStep[],
): { target: Data; place: ResponsePath }[] {
  let found: { target: unknown; place: ResponsePath }[] = [{ target: root, place: [] }]
  for (const step of path) {
    found = found.flatMap(({ target, place }) => {
      if (step.kind === 'items') {
        return Array.isArray(target)
          ? target.map((item, index) => ({ target: item, place: [...place, index] }))
          : []
      }
      return isData(target) ? [{ target: readOwn(target, step.key), place: [...place, step.key] }] : []
    })
  }
  return found.flatMap(({ target, place }) => (isData(target) ? [{ target, place }] : []))
}
