const wordsMax = 10

/** Words as PostgreSQL looks for them, each by its beginning; null when there are none. What is no word means nothing. */
export function wordQuery(search: string): string | null {
  const words = search.match(/[\p{L}\p{N}\p{M}]+/gu)?.slice(0, wordsMax)
  return words ? words.map((word) => `'${word}':*`).join(' & ') : null
}
