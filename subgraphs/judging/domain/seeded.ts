/** Numbers from 0 to 1 that are the same for the same seed (mulberry32, public domain). */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

/** The same things in an order drawn by lot (Fisher and Yates); the same seed draws the same. */
export function shuffled<T>(things: readonly T[], seed: number): T[] {
  const random = seededRandom(seed)
  const drawn = [...things]
  for (let last = drawn.length - 1; last > 0; last--) {
    const other = Math.floor(random() * (last + 1))
    const [a, b] = [drawn[last], drawn[other]]
    if (a !== undefined && b !== undefined) {
      drawn[last] = b
      drawn[other] = a
    }
  }
  return drawn
}
