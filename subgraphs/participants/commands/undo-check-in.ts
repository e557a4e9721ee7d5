import type { Transaction } from '@guildhall/kit/context'
import { done, failed, type Outcome } from '@guildhall/kit/outcome'
import { line, problemsOf } from '@guildhall/kit/validate'
import { and, eq, isNull } from 'drizzle-orm'
import { z } from 'zod'
import { judge } from '../check-in/judge.ts'
import { lockList } from '../check-in/lock-list.ts'
import { knownScans } from '../check-in/read-scans.ts'
import { changed } from '../check-in/take-scans.ts'
import { writeScans } from '../check-in/write-scans.ts'
import contract from '../contract.ts'
import type { UndoCheckInInput } from '../generated/graphql.ts'
import type { Ctx } from '../loaders.ts'
import { move } from '../moves.ts'
import { type CheckInRow, checkIns, type EventSeatsRow, registrations } from '../tables.ts'

/** Takes a scan back that was let pass. Those that it outdid on devices that were offline are judged again. */
export async function undoCheckIn(ctx: Ctx, input: UndoCheckInInput): Promise<Outcome<CheckInRow>> {
  ctx.requireViewer()
  const problems = problemsOf(z.object({ reason: line(500) }), input)
  if (problems.length > 0) return failed(...problems)
  const noSuchCheckIn = contract.failure('NOT_FOUND', 'There is no such check-in.', ['input', 'checkInId'])
  const seen = await ctx.loaders.checkIn.load(input.checkInId)
  if (!seen?.registrationId) return failed(noSuchCheckIn)
  const { listId, registrationId, nonce } = seen
  return ctx.transaction(
    'undoCheckIn',
    async (tx) => {
      const locked = await lockList(ctx, tx, listId)
      if (!locked) return failed(noSuchCheckIn)
      const known = await knownScans(tx, locked.list, [nonce], [registrationId])
      const row = known.byNonce.get(nonce)
      if (row?.result !== 'OK' || row.undoneAt) return failed(notUndoable())
      const undone: CheckInRow = {
        ...row,
        isCurrent: false,
        undoneAt: ctx.now(),
        undoneById: ctx.viewer?.userId ?? null,
        undoReason: input.reason.trim(),
      }
      const [holder] = await tx.select().from(registrations).where(eq(registrations.id, registrationId))
      if (!holder) throw new Error('a check-in has lost its registration')
      const others = (known.contenders.get(registrationId) ?? []).filter(({ id }) => id !== row.id)
      const allowance = { partySize: holder.partySize, isReEntryAllowed: locked.list.isReEntryAllowed }
      const changes = changed(others, judge(others, allowance, new Set()))
      const written = await writeScans(ctx, tx, listId, known.head, [
        { before: row, after: undone },
        ...changes,
      ])
      const isOut = holder.status === 'CHECKED_IN' && !(await hasEntry(tx, registrationId))
      if (isOut) await takeBack(ctx, tx, locked.seats, holder, input.reason.trim())
      return done(written.find(({ id }) => id === row.id) ?? undone)
    },
    {},
    input,
  )
}

const notUndoable = () =>
  contract.failure('CHECK_IN_NOT_UNDOABLE', 'Only scans that were let pass can be taken back, once.', [
    'input',
    'checkInId',
  ])

/** Whether any list of the event has let the registration in. */
async function hasEntry(tx: Transaction, registrationId: string): Promise<boolean> {
  const [entry] = await tx
    .select({ id: checkIns.id })
    .from(checkIns)
    .where(
      and(
        eq(checkIns.registrationId, registrationId),
        eq(checkIns.type, 'ENTRY'),
        eq(checkIns.result, 'OK'),
        isNull(checkIns.undoneAt),
      ),
    )
    .limit(1)
  return entry !== undefined
}

const takeBack = (
  ctx: Ctx,
  tx: Transaction,
  seats: EventSeatsRow,
  holder: Parameters<typeof move>[3][number],
  reason: string,
) => move(ctx, tx, seats, [holder], { to: 'CONFIRMED', reason })
