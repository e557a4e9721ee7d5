import { BadUserInput } from '@guildhall/kit/errors'

/** How far somebody has seen their inbox. */
export interface Position {
  seq: number
  /** How far they know what was read; null when they know only notifications. */
  revision: number | null
}

const mark = 'inbox'

/** A position as clients carry it: bound to its owner, opaque to everybody. */
export const writeCursor = (recipientId: string, { seq, revision }: Position): string =>
  Buffer.from(JSON.stringify([mark, recipientId, seq, revision])).toString('base64url')

/** @throws BadUserInput for a cursor of another inbox, of another list, or of nowhere. */
export function readCursor(recipientId: string, cursor: string): Position {
  let read: unknown
  try {
    read = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'))
  } catch {
    return refuse()
  }
  if (!Array.isArray(read) || read.length !== 4) return refuse()
  const [kind, owner, seq, revision] = read as unknown[]
  if (kind !== mark || owner !== recipientId || !isPosition(seq)) return refuse()
  if (revision !== null && !isPosition(revision)) return refuse()
  return { seq, revision }
}

/** What Postgres holds as an integer. */
const isPosition = (value: unknown): value is number =>
  Number.isInteger(value) && (value as number) >= 0 && (value as number) <= 2_147_483_647

function refuse(): never {
  throw new BadUserInput('This cursor does not belong to your inbox; start again without it.')
}
