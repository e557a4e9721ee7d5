import { isId } from '@guildhall/kit/ids'
import { done, type Failure, failed, type Outcome } from '@guildhall/kit/outcome'
import { problemsOf } from '@guildhall/kit/validate'
import { and, inArray, lte, type SQL } from 'drizzle-orm'
import { z } from 'zod'
import contract from '../contract.ts'
import type { NotificationStep } from '../domain/notification-states.ts'
import { type Position, readCursor } from '../domain/stream-cursor.ts'
import type { Ctx } from '../loaders.ts'
import { notifications } from '../tables.ts'
import { changeNotifications, lockInboxes } from './change-notifications.ts'

/** Which notifications are meant: these, or all up to a place. */
export interface Chosen {
  ids?: readonly string[] | null
  upTo?: string | null
  idempotencyKey?: string | null
}

/** A step that somebody takes with notifications of their own. */
export interface OwnChange {
  /** The mutation. */
  name: string
  step: NotificationStep
  /** Narrows what is meant further. */
  which?: SQL
  until?: Date
}

const given = z
  .object({
    ids: z.array(z.string()).max(100, 'At most 100 at once.').nullish(),
    upTo: z.string().nullish(),
  })
  .refine(({ ids, upTo }) => (ids == null) !== (upTo == null), 'Give either ids or upTo.')

/** Takes a step with notifications of the caller, in one transaction with the counts. @returns how many have changed. */
export async function changeOwn(
  ctx: Ctx,
  input: Chosen,
  { name, step, which, until }: OwnChange,
): Promise<Outcome<number>> {
  const { userId } = ctx.requireViewer()
  const problems = problemsOf(given, input)
  if (problems.length > 0) return failed(...problems)
  const upTo = input.upTo == null ? null : readCursor(userId, input.upTo)
  if (input.upTo != null && upTo === null) return failed(cursorInvalid)
  const stranger = await firstStranger(ctx, input.ids ?? [])
  if (stranger !== null) return failed(stranger)

  return ctx.transaction(
    name,
    async (tx) => {
      const [head] = await lockInboxes(tx, [userId])
      if (upTo && upTo.seq > (head?.seq ?? 0)) return failed(cursorExpired)
      if (!head) return done(0)
      const chosen = upTo ? upToPosition(upTo) : inArray(notifications.id, [...(input.ids ?? [])])
      const changed = await changeNotifications(tx, ctx, {
        step,
        recipientIds: [userId],
        which: and(chosen, which),
        ...(until ? { until } : {}),
      })
      return done(changed.get(userId) ?? 0)
    },
    {},
    input,
  )
}

/** What came or changed later is left as it is: whoever sent the cursor has not seen it so. */
const upToPosition = ({ seq, revision }: Position): SQL | undefined =>
  and(lte(notifications.seq, seq), revision === null ? undefined : lte(notifications.revision, revision))

/** The refusal of the first id that is none of the caller's notifications. */
async function firstStranger(ctx: Ctx, ids: readonly string[]): Promise<Failure | null> {
  const rows = await ctx.loaders.notification.loadMany(ids)
  const place = rows.findIndex(
    (row, index) => row === null || row instanceof Error || !isId('ntf', ids[index] ?? ''),
  )
  if (place === -1) return null
  return contract.failure('NOT_FOUND', 'There is no such notification.', ['input', 'ids', String(place)])
}

const cursorInvalid = contract.failure(
  'CURSOR_INVALID',
  'This is no cursor of a notification or of an item of your stream.',
  ['input', 'upTo'],
)

const cursorExpired = contract.failure(
  'CURSOR_EXPIRED',
  'This cursor lies ahead of your inbox, as after a restored backup: read the inbox anew.',
  ['input', 'upTo'],
)
