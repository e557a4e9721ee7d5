/** Small letters, digits, single hyphens: it stands in addresses. */
export const slugShape = /^[a-z0-9]+(?:-[a-z0-9]+)*$/

export const slugLength = { min: 3, max: 80 } as const

/** Room is left for what makes it unique. */
const readableMax = 60

/**
 * Slugs for an event without one, the nicest first. An event that is found by its link alone gets none that could be
 * guessed from its title.
 */
export function slugsFor(title: string, id: string, isUnlisted: boolean): string[] {
  const readable = readableOf(title)
  const unique = `${readable || 'event'}-${id.slice(-8)}`
  return isUnlisted || readable.length < slugLength.min ? [unique] : [readable, unique]
}

const readableOf = (title: string): string =>
  title
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll('ß', 'ss')
    .replaceAll(/[^a-z0-9]+/g, '-')
    .slice(0, readableMax)
    .replaceAll(/^-+|-+$/g, '')
