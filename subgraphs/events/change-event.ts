import type { ConstraintFailures, Idempotent, Transaction } from '@guildhall/kit/context'
import { failed, type Outcome } from '@guildhall/kit/outcome'
import { eq } from 'drizzle-orm'
import contract, { eventUpdated } from './contract.ts'
import { isEditable } from './domain/event-status.ts'
import { termsOf } from './domain/event-terms.ts'
import type { Ctx } from './loaders.ts'
import { lockEvent } from './lock-event.ts'
import { standing } from './standing.ts'
import { type EventRow, events } from './tables.ts'
import { partsOf } from './tracks/parts-of.ts'

/** What of an event changes while it is locked; it is not cancelled or archived, and has its next version already. */
type Change<T> = (tx: Transaction, event: EventRow) => Promise<Outcome<T>>

/**
 * One change of what belongs to an event: changes of one event happen one after the other, and each is a version of it
 * that the others are told.
 */
export const changeEvent = <T>(
  ctx: Ctx,
  name: string,
  eventId: string,
  change: Change<T>,
  constraints: ConstraintFailures,
  input: Idempotent,
): Promise<Outcome<T>> =>
  ctx.transaction(
    name,
    async (tx) => {
      const event = await lockEvent(tx, eventId)
      if (!isEditable(event.status)) return failed(notEditable(event))
      const [changed] = await tx
        .update(events)
        .set({ version: event.version + 1, updatedAt: ctx.now() })
        .where(eq(events.id, event.id))
        .returning()
      if (!changed) throw new Error('update returned nothing')
      const outcome = await change(tx, changed)
      if (!outcome.ok) return outcome
      await tx.emit(eventUpdated, termsOf(changed, await partsOf(tx, event.id)))
      // What was seen before the change is not shown after it.
      tx.afterCommit(() => ctx.loaders.event.clear(event.id))
      return outcome
    },
    constraints,
    input,
  )

export const notEditable = ({ status }: EventRow) =>
  contract.failure('EVENT_NOT_EDITABLE', `The event is ${status}.`, ['input', 'id'])

/** By the organization or by a role in the event. @throws Unauthenticated or Forbidden when the caller may not change it. */
export const requireWriter = (ctx: Ctx, event: EventRow): Promise<void> =>
  standing.require(ctx, 'events:write', event)
