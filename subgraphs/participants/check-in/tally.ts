import type { CheckInRow } from '../tables.ts'

type Counts = Pick<CheckInRow, 'entered' | 'exited' | 'rejected'>

const nothing: Counts = { entered: 0, exited: 0, rejected: 0 }

/** What a list has counted once these rows were written in place of those before. */
export function countsAfter(head: Counts | undefined, changes: readonly Change[]): Counts {
  const counts = { ...nothing, ...head }
  for (const { before, after } of changes) {
    const [out, into] = [before ? countedFor(before) : nothing, countedFor(after)]
    counts.entered += into.entered - out.entered
    counts.exited += into.exited - out.exited
    counts.rejected += into.rejected - out.rejected
  }
  return { entered: counts.entered, exited: counts.exited, rejected: counts.rejected }
}

/** A row of the log that is new, or is not as it was. */
export interface Change {
  before: CheckInRow | null
  after: CheckInRow
}

function countedFor({ type, result, people, undoneAt }: CheckInRow): Counts {
  if (undoneAt) return nothing
  if (result === 'REJECTED') return { ...nothing, rejected: 1 }
  return type === 'ENTRY' ? { ...nothing, entered: people } : { ...nothing, exited: people }
}
