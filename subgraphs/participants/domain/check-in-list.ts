import type { Failure } from '@guildhall/kit/outcome'
import { line, problemsOf } from '@guildhall/kit/validate'
import { z } from 'zod'
import contract from '../contract.ts'
import type { CheckInListRow } from '../tables.ts'

/** What organizers decide of a list. */
export type ListSettings = Pick<
  CheckInListRow,
  'name' | 'activatesAt' | 'expiresAt' | 'isReEntryAllowed' | 'isExitRecorded' | 'categories'
>

/** Everything that is wrong with a list. */
export function listProblems(settings: ListSettings): Failure[] {
  const problems = problemsOf(z.object({ name: line(100) }), settings)
  const { activatesAt, expiresAt } = settings
  if (activatesAt && expiresAt && activatesAt >= expiresAt) {
    problems.push(
      contract.failure('INVALID_PERIOD', 'The list must expire after it activates.', ['input', 'expiresAt']),
    )
  }
  if (settings.isReEntryAllowed && !settings.isExitRecorded) {
    problems.push(
      contract.failure('RE_ENTRY_NEEDS_EXIT', 'Nobody can come in again whose going out is not recorded.', [
        'input',
        'isReEntryAllowed',
      ]),
    )
  }
  return problems
}
