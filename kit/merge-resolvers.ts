/**
 * Resolver maps in one, type by type and field by field. Whole modules may be handed in, one per area of a domain: what
 * they export under a small letter is no type and stays outside.
 */
export function mergeResolvers(...maps: object[]): Record<string, object> {
  const all: Record<string, object> = {}
  for (const [type, fields] of maps.flatMap((map) => Object.entries(map))) {
    if (!/^[A-Z]/.test(type)) continue
    const before = all[type]
    all[type] = before === undefined ? fields : { ...before, ...fields }
  }
  return all
}
