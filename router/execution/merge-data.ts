import { type Data, isData, readOwn, writeOwn } from './own-keys.ts'

/**
 * Merges what a fetch brought into what is known. Objects merge, lists of equal length merge by position, everything
 * else is replaced. What the target lacks it takes over as it is, without a copy: whoever needs a copy makes one.
 */
export function mergeData(target: Data, source: Data): void {
  for (const key of Object.keys(source)) {
    const given = source[key]
    if (given === undefined) continue
    // The one key whose reading and writing does something else; other inherited values are functions, not data.
    const isPrototype = key === '__proto__'
    const known = isPrototype ? readOwn(target, key) : target[key]
    if (typeof known === 'object' && known !== null && typeof given === 'object' && given !== null) {
      if (mergeInside(known, given)) continue
    }
    if (isPrototype) writeOwn(target, key, given)
    else target[key] = given
  }
}

/** False when the two cannot be merged, so that the newer replaces the older. */
function mergeInside(known: object, given: object): boolean {
  if (!Array.isArray(known) || !Array.isArray(given)) {
    if (!isData(known) || !isData(given)) return false
    if (known !== given) mergeData(known, given)
    return true
  }
  if (known.length !== given.length) return false
  if (known === given) return true
  for (const [index, item] of given.entries()) {
    const before: unknown = known[index]
    if (isData(before) && isData(item)) {
      if (before !== item) mergeData(before, item)
    } else known[index] = item
  }
  return true
}

/** `structuredClone` for what JSON can hold, at a fraction of the cost. */
export function cloneData<Value>(value: Value): Value {
  return clone(value) as Value
}

function clone(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map(clone)
  const copy: Data = {}
  for (const [key, member] of Object.entries(value)) {
    if (key === '__proto__') writeOwn(copy, key, clone(member))
    else copy[key] = clone(member)
  }
  return copy
}
