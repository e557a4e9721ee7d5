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

/** What happens to an event while it is locked; it is not cancelled or archived. */
type Change<T> = (tx: Transaction, event: EventRow) => Promise<Outcome<T>>

/** One change of what hangs on an event and concerns nobody else: such changes happen one after the other. */
export const withinEvent = <T>(
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
      return isEditable(event.status) ? change(tx, event) : failed(notEditable(event))
    },
    constraints,
    input,
  )

/** One change of an event's terms: each is a version of it, which it has already in `change`, and which others are told. */
export const changeEvent = <T>(
  ctx: Ctx,
  name: string,
  eventId: string,
  change: Change<T>,
  constraints: ConstraintFailures,
  input: Idempotent,
): Promise<Outcome<T>> =>
  withinEvent(
    ctx,
    name,
    eventId,
    async (tx, event) => {
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
