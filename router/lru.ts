/** A map that forgets what was not used for long. */
export interface Lru<Key, Value> {
  get(key: Key): Value | undefined
  set(key: Key, value: Value): void
  delete(key: Key): void
  clear(): void
  entries(): Iterable<[Key, Value]>
}

/**
 * Two generations instead of an exact order: what is read moves to the young one; when that is full, it becomes the old
 * one, and what was not read since is forgotten. Reading what is in use is a plain lookup.
 *
 * @param capacity how much is kept at most; what was used among the last half of it is never forgotten.
 * @param weigh how much of the capacity an entry takes; by default all count alike.
 */
export function createLru<Key, Value>(
  capacity: number,
  weigh: (value: Value, key: Key) => number = () => 1,
): Lru<Key, Value> {
  const half = Math.max(1, Math.floor(capacity / 2))
  let young = new Map<Key, Value>()
  let old = new Map<Key, Value>()
  let weight = 0

  const set = (key: Key, value: Value) => {
    const replaced = young.get(key)
    weight += weigh(value, key) - (replaced === undefined ? 0 : weigh(replaced, key))
    young.set(key, value)
    old.delete(key)
    if (weight < half) return
    old = young
    young = new Map()
    weight = 0
  }
  return {
    get(key) {
      const value = young.get(key)
      if (value !== undefined) return value
      const aged = old.get(key)
      if (aged !== undefined) set(key, aged)
      return aged
    },
    set,
    delete(key) {
      const value = young.get(key)
      if (value !== undefined) weight -= weigh(value, key)
      young.delete(key)
      old.delete(key)
    },
    clear() {
      young.clear()
      old.clear()
      weight = 0
    },
    entries: () => [...young, ...old],
  }
}
