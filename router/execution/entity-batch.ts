import { cloneData, mergeData } from './merge-data.ts'
import type { Data } from './own-keys.ts'
import type { Requirement } from './representations.ts'
import type { EntityField, EntityPath } from './requests.ts'
import { type SharedPaths, targetsAt } from './targets.ts'

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

/** Collects what has to be asked for; undefined when there is nothing. */
export function collectEntities(
  root: Data,
  field: EntityField,
  shared: SharedPaths,
): EntityBatch | undefined {
  const representations: Data[] = []
  const slotOf = slotFinder(representations)
  const occurrences = field.paths.map((at): Occurrences => {
    const targets: Data[] = []
    const slots: number[] = []
    for (const target of targetsAt(root, at.path, shared)) {
      const slot = slotOf(target, at.requirement)
      if (slot < 0) continue
      targets.push(target)
      slots.push(slot)
    }
    return { at, targets, slots }
  })
  return representations.length > 0 ? { field, representations, occurrences } : undefined
}

/** Gives where the representation of an entity stands, adding it if it is new; -1 when it has none. */
function slotFinder(representations: Data[]) {
  const byKey = new Map<string, Map<unknown, number>>()
  const byText = new Map<string, number>()
  // Entities of one type follow each other.
  let space: string | undefined
  let inSpace = new Map<unknown, number>()
  return (entity: Data, { represent, keyOf }: Requirement): number => {
    const key = keyOf(entity.__typename)
    const value = key && entity[key.field]
    if (key && (typeof value === 'string' || typeof value === 'number')) {
      if (key.space !== space) {
        space = key.space
        inSpace = byKey.get(space) ?? new Map()
        byKey.set(space, inSpace)
      }
      return inSpace.get(value) ?? addTo(inSpace, value, represent(entity), representations)
    }
    const representation = represent(entity)
    if (!representation) return -1
    // Equal representations are equal as text: their keys stand in the order of one selection.
    const text = JSON.stringify(representation)
    return byText.get(text) ?? addTo(byText, text, representation, representations)
  }
}

function addTo<Key>(
  slots: Map<Key, number>,
  key: Key,
  representation: Data | null,
  representations: Data[],
): number {
  if (!representation) return -1
  slots.set(key, representations.length)
  return representations.push(representation) - 1
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
      if (ofPath[slot] && at.mayShare) shared.add(at.key)
      else ofPath[slot] = given.has(slot) && !(field.isFinal && at.mayShare) ? cloneData(entity) : entity
      given.add(slot)
      mergeData(target, ofPath[slot] ?? entity)
    }
  }
}
