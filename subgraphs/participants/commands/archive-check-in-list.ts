import type { Outcome } from '@guildhall/kit/outcome'
import { changeList } from '../check-in/change-list.ts'
import contract from '../contract.ts'
import type { ArchiveCheckInListInput } from '../generated/graphql.ts'
import type { Ctx } from '../loaders.ts'
import type { CheckInListRow } from '../tables.ts'

/** Closes a list: what was scanned before then may still be told of. */
export const archiveCheckInList = (
  ctx: Ctx,
  input: ArchiveCheckInListInput,
): Promise<Outcome<CheckInListRow>> =>
  changeList(ctx, 'archiveCheckInList', input, (list) =>
    list.archivedAt
      ? [contract.failure('CHECK_IN_LIST_ARCHIVED', 'The list is closed.', ['input', 'id'])]
      : { archivedAt: ctx.now() },
  )
