import { cloneData, mergeData } from './merge-data.ts'
import type { Data } from './own-keys.ts'
import type { EntityField, EntityPath } from './requests.ts'
import { targetsAt } from './targets.ts'

/** The entities of one `_entities` field, each of which is sent once however often it occurs. */
export interface EntityBatch {
  field: EntityField
  representations: readonly Data[]
  occurrences: readonly Occurrences[]
}

/** The objects at one path that wait for entities. `slots[i]` is where the representation of `targets[i]` stands. */
export interface Occurrences {
  at: EntityPath
  targets: readonly Data[]
  slots: readonly number[]
}

/** Ids of entity paths whose targets share objects, because an entity occurred more than once. */
export type SharedPaths = Set<number>

/** Collects what has to be asked for; undefined when there is nothing. */
export function collectEntities(
  root: Data,
  field: EntityField,
  shared: SharedPaths,
): EntityBatch | undefined {
  const representations: Data[] = []
  const known = new Map<string, number>()
  const slotOf = (representation: Data): number => {
    // Equal representations are equal as text: their keys stand in the order of one selection.
    const text = JSON.stringify(representation)
    const slot = known.get(text)
    if (slot !== undefined) return slot
    known.set(text, representations.length)
    return representations.push(representation) - 1
  }
  const occurrences = field.paths.map((at): Occurrences => {
    const targets: Data[] = []
    const slots: number[] = []
    const mayRepeat = at.above.some((id) => shared.has(id))
    for (const target of targetsAt(root, at.path, mayRepeat)) {
      const representation = at.represent(target)
      if (!representation) continue
      targets.push(target)
      slots.push(slotOf(representation))
    }
    return { at, targets, slots }
  })
  return representations.length > 0 ? { field, representations, occurrences } : undefined
}

/**
 * Gives the entities to all that wait for them. Occurrences at one path hold the same objects where they may. Paths
 * that are fetched into later get copies of their own, because what is fetched may differ between paths.
 */
export function spreadEntities(
  { field, occurrences }: EntityBatch,
  entities: readonly unknown[],
  shared: SharedPaths,
): void {
  const given = new Set<number>()
  for (const { at, targets, slots } of occurrences) {
    const ofPath: (Data | undefined)[] = []
    for (const [index, target] of targets.entries()) {
      const slot = slots[index] ?? 0
      const entity = entities[slot] as Data | null | undefined
      if (!entity) continue
      if (ofPath[slot] && at.mayShare) shared.add(at.id)
      else ofPath[slot] = given.has(slot) && !(field.isFinal && at.mayShare) ? cloneData(entity) : entity
      given.add(slot)
      mergeData(target, ofPath[slot] ?? entity)
    }
  }
}
