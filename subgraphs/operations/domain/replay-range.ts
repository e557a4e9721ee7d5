import type { Failure } from '@guildhall/kit/outcome'
import contract from '../contract.ts'

/** The ends of a range as an operator names them. */
export interface RangeInput {
  fromAt?: Date | null | undefined
  toAt?: Date | null | undefined
  fromSeq?: number | null | undefined
  toSeq?: number | null | undefined
}

/** What is wrong with a range. */
export function rangeProblems({ fromAt, toAt, fromSeq, toSeq }: RangeInput): Failure[] {
  const problems: Failure[] = []
  const invalid = (message: string, field: string) =>
    problems.push(contract.failure('INVALID_VALUE', message, ['input', field]))
  if (fromAt != null && fromSeq != null) invalid('Name the beginning by time or by number.', 'fromSeq')
  if (toAt != null && toSeq != null) invalid('Name the end by time or by number.', 'toSeq')
  if (fromSeq != null && fromSeq < 1) invalid('Numbers begin with 1.', 'fromSeq')
  if (toSeq != null && toSeq < (fromSeq ?? 1)) invalid('The end is before the beginning.', 'toSeq')
  if (fromAt != null && toAt != null && toAt < fromAt) invalid('The end is before the beginning.', 'toAt')
  return problems
}

/** What of the consumer's reactions shall be replayed, or which names stand against it. */
export function chooseEvents(
  reactions: readonly { eventName: string; isReplayable: boolean }[],
  publisher: string,
  wanted: readonly string[] | null | undefined,
): { names: string[] } | { refused: string[] } {
  const replayable = reactions
    .filter(({ eventName, isReplayable }) => isReplayable && eventName.startsWith(`${publisher}.`))
    .map(({ eventName }) => eventName)
  if (!wanted) return replayable.length > 0 ? { names: replayable } : { refused: [] }
  const names = [...new Set(wanted)]
  const refused = names.filter((name) => !replayable.includes(name))
  return refused.length > 0 || names.length === 0 ? { refused } : { names }
}
