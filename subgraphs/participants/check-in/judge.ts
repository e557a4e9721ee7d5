import { type Allowance, passage } from '../domain/door.ts'
import type { CheckInRow } from '../tables.ts'

/**
 * All scans of one registration at one list as they stand now, given those that take part in their order. A refusal
 * that somebody was told at the door is final: it takes no further part.
 *
 * @param fresh ids of scans that are judged for the first time.
 */
export function judge(
  contenders: readonly CheckInRow[],
  allowance: Allowance,
  fresh: ReadonlySet<string>,
): CheckInRow[] {
  const { verdicts, currentId } = passage(contenders, allowance)
  return contenders.map((row) => {
    const verdict = verdicts.get(row.id)
    if (!verdict) throw new Error('a scan was not judged')
    const isOk = verdict.refusal === null
    return {
      ...row,
      result: isOk ? 'OK' : 'REJECTED',
      refusal: verdict.refusal,
      people: verdict.people,
      outdoneById: verdict.outdoneById,
      isContender: isOk || row.isOffline || !fresh.has(row.id),
      isCurrent: row.id === currentId,
    }
  })
}

/** Whether something that is shown has changed, so that those who watch are told. */
export const isToldAnew = (before: CheckInRow, after: CheckInRow): boolean =>
  before.result !== after.result ||
  before.refusal !== after.refusal ||
  before.people !== after.people ||
  before.outdoneById !== after.outdoneById ||
  before.undoneAt !== after.undoneAt
