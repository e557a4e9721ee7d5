/** An answer without what differs from run to run: ids are numbered in order of appearance, instants are hidden. */
export function withoutChance(value: unknown): unknown {
  const ids = new Map<string, string>()
  const counts = new Map<string, number>()
  const numbered = (id: string, prefix: string): string => {
    const known = ids.get(id)
    if (known) return known
    const count = (counts.get(prefix) ?? 0) + 1
    counts.set(prefix, count)
    ids.set(id, `${prefix}_${count}`)
    return `${prefix}_${count}`
  }
  return JSON.parse(JSON.stringify(value), (_key, item: unknown) => {
    if (typeof item !== 'string') return item
    if (/^\d{4}-\d\d-\d\dT/.test(item)) return '<instant>'
    return item.replaceAll(/\b([a-z]{3,4})_[0-9a-z]{26}\b/g, (id, prefix: string) => numbered(id, prefix))
  })
}
