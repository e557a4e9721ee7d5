import type { Outcome } from '@guildhall/kit/outcome'
import { changeList } from '../check-in/change-list.ts'
import contract from '../contract.ts'
import { listProblems } from '../domain/check-in-list.ts'
import type { UpdateCheckInListInput } from '../generated/graphql.ts'
import type { Ctx } from '../loaders.ts'
import type { CheckInListRow } from '../tables.ts'

/** Changes what was given; what was left out stays. */
export const updateCheckInList = (
  ctx: Ctx,
  input: UpdateCheckInListInput,
): Promise<Outcome<CheckInListRow>> =>
  changeList(ctx, 'updateCheckInList', input, (list) => {
    if (input.expectedVersion != null && input.expectedVersion !== list.version) {
      return [
        contract.failure('VERSION_CONFLICT', `The list has version ${list.version} by now.`, [
          'input',
          'expectedVersion',
        ]),
      ]
    }
    if (list.archivedAt)
      return [contract.failure('CHECK_IN_LIST_ARCHIVED', 'The list is closed.', ['input', 'id'])]
    const settings = {
      name: input.name?.trim() ?? list.name,
      activatesAt: input.activatesAt === undefined ? list.activatesAt : input.activatesAt,
      expiresAt: input.expiresAt === undefined ? list.expiresAt : input.expiresAt,
      isReEntryAllowed: input.isReEntryAllowed ?? list.isReEntryAllowed,
      isExitRecorded: input.isExitRecorded ?? list.isExitRecorded,
      categories: input.categories === undefined ? list.categories : [...new Set(input.categories)],
    }
    const problems = listProblems(settings)
    return problems.length > 0 ? problems : settings
  })
