import { done, failed, type Outcome } from '@guildhall/kit/outcome'
import { count, eq } from 'drizzle-orm'
import contract from '../contract.ts'
import { listProblems } from '../domain/check-in-list.ts'
import type { CreateCheckInListInput } from '../generated/graphql.ts'
import type { Ctx } from '../loaders.ts'
import { seatsFor } from '../projection.ts'
import { lockSeats } from '../seats.ts'
import { standing } from '../standing.ts'
import { type CheckInListRow, checkInLists } from '../tables.ts'

const listsMax = 100

/** Opens another list; those of one event are counted under its lock. */
export async function createCheckInList(
  ctx: Ctx,
  input: CreateCheckInListInput,
): Promise<Outcome<CheckInListRow>> {
  const event = await seatsFor(ctx, input.eventId)
  if (!event) return failed(contract.failure('NOT_FOUND', 'There is no such event.', ['input', 'eventId']))
  await standing.require(ctx, 'participants:organize_check_in', event)
  const settings = {
    name: input.name.trim(),
    activatesAt: input.activatesAt ?? null,
    expiresAt: input.expiresAt ?? null,
    isReEntryAllowed: input.isReEntryAllowed,
    isExitRecorded: input.isExitRecorded,
    categories: [...new Set(input.categories)],
  }
  const problems = listProblems(settings)
  if (problems.length > 0) return failed(...problems)

  return ctx.transaction(
    'createCheckInList',
    async (tx) => {
      await lockSeats(tx, [event.id])
      const [known] = await tx
        .select({ lists: count() })
        .from(checkInLists)
        .where(eq(checkInLists.eventId, event.id))
      if ((known?.lists ?? 0) >= listsMax) return failed(tooManyLists())
      const now = ctx.now()
      const [list] = await tx
        .insert(checkInLists)
        .values({
          ...settings,
          id: ctx.newId('cil'),
          eventId: event.id,
          organizationId: event.organizationId,
          createdAt: now,
          updatedAt: now,
        })
        .returning()
      if (!list) throw new Error('insert returned nothing')
      return done(list)
    },
    {},
    input,
  )
}

const tooManyLists = () =>
  contract.failure('TOO_MANY_CHECK_IN_LISTS', `An event has at most ${listsMax} lists.`, ['input', 'eventId'])
