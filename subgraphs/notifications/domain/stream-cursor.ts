/** How far somebody has seen their inbox. */
export interface Position {
  seq: number
  /** How far they know what has changed; null when they know only notifications. */
  revision: number | null
}

const mark = 'inbox'

/** A position as clients carry it: bound to its owner, opaque to everybody. */
export const writeCursor = (recipientId: string, { seq, revision }: Position): string =>
  Buffer.from(JSON.stringify([mark, recipientId, seq, revision])).toString('base64url')

/** The position of a cursor; null for one of another inbox, of another list, or of nowhere. */
export function readCursor(recipientId: string, cursor: string): Position | null {
  let read: unknown
  try {
    read = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'))
  } catch {
    return null
  }
  if (!Array.isArray(read) || read.length !== 4) return null
  const [kind, owner, seq, revision] = read as unknown[]
  if (kind !== mark || owner !== recipientId || !isPosition(seq)) return null
  if (revision !== null && !isPosition(revision)) return null
  return { seq, revision }
}

/** What Postgres holds as an integer. */
const isPosition = (value: unknown): value is number =>
  Number.isInteger(value) && (value as number) >= 0 && (value as number) <= 2_147_483_647
