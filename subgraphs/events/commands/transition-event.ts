import { done, type Failure, failed, type Outcome } from '@guildhall/kit/outcome'
import { illegalTransition, stepOf } from '@guildhall/kit/state-machine'
import { line, problemsOf, tidy } from '@guildhall/kit/validate'
import { eq } from 'drizzle-orm'
import { z } from 'zod'
import { requireWriter } from '../change-event.ts'
import contract, { eventCancelled, eventPublished, eventStatusChanged } from '../contract.ts'
import { type Elsewhere, eventLife, guardsOf } from '../domain/event-status.ts'
import { termsOf } from '../domain/event-terms.ts'
import type { TransitionEventInput } from '../generated/graphql.ts'
import { statusSignal } from '../live/status-stream.ts'
import type { Ctx } from '../loaders.ts'
import { changedMeanwhile, lockEvent } from '../lock-event.ts'
import { registrationsOf } from '../registrations.ts'
import { openRoundsOf } from '../rounds.ts'
import { type EventRow, events, eventTransitions } from '../tables.ts'
import { partsOf } from '../tracks/parts-of.ts'

/** Moves an event along its life: the row is locked, so of two callers one moves it and the other is told. */
export async function transitionEvent(ctx: Ctx, input: TransitionEventInput): Promise<Outcome<EventRow>> {
  const seen = await ctx.loaders.event.load(input.id)
  if (!seen) return failed(contract.failure('NOT_FOUND', 'There is no such event.', ['input', 'id']))
  await requireWriter(ctx, seen)
  const viewer = ctx.requireViewer()
  const reason = tidy(input.reason)
  const problems = problemsOf(z.object({ reason: line(1_000).nullable() }), { reason })
  if (problems.length > 0) return failed(...problems)
  const elsewhere = {
    liveRegistrations: input.to === 'DRAFT' ? (await registrationsOf(ctx, input.id)).live : 0,
    openRounds: input.to === 'COMPLETED' ? await openRoundsOf(ctx, input.id) : 0,
  }

  return ctx.transaction(
    'transitionEvent',
    async (tx) => {
      const event = await lockEvent(tx, seen.id)
      const [refusal, ...more] = refusals(event, input, reason, ctx.now(), elsewhere)
      if (refusal) return failed(refusal, ...more)
      const now = ctx.now()
      const [moved] = await tx
        .update(events)
        .set({ status: input.to, version: event.version + 1, updatedAt: now })
        .where(eq(events.id, event.id))
        .returning()
      if (!moved) throw new Error('update returned nothing')
      await tx.insert(eventTransitions).values({
        id: ctx.newId('evtr'),
        eventId: event.id,
        from: event.status,
        to: input.to,
        reason,
        actorId: viewer.userId,
        at: now,
      })
      tx.afterCommit(() => ctx.signals.send(statusSignal, [event.id]))
      const terms = termsOf(moved, await partsOf(tx, event.id))
      await tx.emit(eventStatusChanged, { ...terms, from: event.status, reason })
      if (input.to === 'PUBLISHED') await tx.emit(eventPublished, terms)
      if (input.to === 'CANCELLED') await tx.emit(eventCancelled, { ...terms, reason })
      return done(moved)
    },
    {},
    input,
  )
}

/** Why an event as it is now cannot take this step. */
function refusals(
  event: EventRow,
  { to, expectedVersion }: TransitionEventInput,
  reason: string | null,
  now: Date,
  elsewhere: Elsewhere,
): Failure[] {
  if (expectedVersion != null && expectedVersion !== event.version) return [changedMeanwhile()]
  const step = stepOf(eventLife, event.status, to)
  if (!step) return [illegalTransition(eventLife, event.status, to, ['input', 'to'])]
  if (step.needsReason && !reason)
    return [contract.failure('REASON_REQUIRED', 'Say why.', ['input', 'reason'])]
  return guardsOf(event, to, now, elsewhere)
}
