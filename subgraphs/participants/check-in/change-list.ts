import type { Idempotent } from '@guildhall/kit/context'
import { done, type Failure, failed, type Outcome } from '@guildhall/kit/outcome'
import { eq, sql } from 'drizzle-orm'
import contract from '../contract.ts'
import type { Ctx } from '../loaders.ts'
import { standing } from '../standing.ts'
import { type CheckInListRow, checkInLists } from '../tables.ts'
import { lockList } from './lock-list.ts'

/** What a change makes of a list, or why it does not. */
type Change = (list: CheckInListRow) => Partial<CheckInListRow> | Failure[]

/** Changes a list that organizers named, under the lock under which its tickets are scanned. */
export async function changeList(
  ctx: Ctx,
  name: string,
  input: Idempotent & { id: string },
  change: Change,
): Promise<Outcome<CheckInListRow>> {
  const noSuchList = contract.failure('NOT_FOUND', 'There is no such check-in list.', ['input', 'id'])
  const seen = await ctx.loaders.checkInList.load(input.id)
  if (!seen) return failed(noSuchList)
  const { organizationId, eventId } = seen
  await standing.require(ctx, 'participants:organize_check_in', { organizationId, id: eventId })
  return ctx.transaction(
    name,
    async (tx) => {
      const locked = await lockList(ctx, tx, input.id)
      if (!locked) return failed(noSuchList)
      const changes = change(locked.list)
      if (Array.isArray(changes)) return failed(...changes)
      const [list] = await tx
        .update(checkInLists)
        .set({ ...changes, version: sql`${checkInLists.version} + 1`, updatedAt: ctx.now() })
        .where(eq(checkInLists.id, input.id))
        .returning()
      if (!list) throw new Error('the list is gone')
      return done(list)
    },
    {},
    input,
  )
}
