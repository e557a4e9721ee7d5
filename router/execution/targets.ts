import { type Data, isData, isInherited, readOwn } from './own-keys.ts'

/** One step of the path of a fetch. */
export type PathStep = { kind: 'items' } | { kind: 'field'; key: string; inherited: boolean }

export const compilePath = (path: readonly string[]): PathStep[] =>
  path.map((key) => (key === '@' ? { kind: 'items' } : { kind: 'field', key, inherited: isInherited(key) }))

/**
 * The objects at a path. Occurrences of one entity share what earlier fetches brought for it, so that an object may be
 * reached more than once: where `isShared` says so, each is given once.
 */
export function targetsAt(root: Data, path: readonly PathStep[], isShared: boolean): readonly Data[] {
  let found: unknown[] = [root]
  for (const step of path) {
    const next: unknown[] = []
    for (const value of found) {
      if (step.kind === 'items') {
        if (Array.isArray(value)) for (const item of value) push(next, item)
      } else if (isData(value)) push(next, step.inherited ? readOwn(value, step.key) : value[step.key])
    }
    found = isShared && next.length > 1 ? [...new Set(next)] : next
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
