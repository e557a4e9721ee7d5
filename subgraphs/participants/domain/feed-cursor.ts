const mark = 'scans'

/** A position in the feed of a list, as clients carry it. */
export const writeFeedCursor = (listId: string, seq: number): string =>
  Buffer.from(JSON.stringify([mark, listId, seq])).toString('base64url')

/** The position of a cursor; null for one of another list, or of nowhere. */
export function readFeedCursor(listId: string, cursor: string): number | null {
  let read: unknown
  try {
    read = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'))
  } catch {
    return null
  }
  if (!Array.isArray(read) || read.length !== 3) return null
  const [kind, list, seq] = read as unknown[]
  const isPosition = typeof seq === 'number' && Number.isInteger(seq) && seq >= 0 && seq <= 2_147_483_647
  return kind === mark && list === listId && isPosition ? seq : null
}
