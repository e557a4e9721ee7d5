import { done, failed, type Outcome } from '@guildhall/kit/outcome'
import { tidy } from '@guildhall/kit/validate'
import { eq } from 'drizzle-orm'
import contract, { eventUpdated } from '../contract.ts'
import { draftProblems, type EventDraft } from '../domain/event-draft.ts'
import { isEditable } from '../domain/event-status.ts'
import { termsOf } from '../domain/event-terms.ts'
import type { UpdateEventInput } from '../generated/graphql.ts'
import type { Ctx } from '../loaders.ts'
import { changedMeanwhile, lockEvent } from '../lock-event.ts'
import { registrationsOf } from '../registrations.ts'
import { standing } from '../standing.ts'
import { type EventRow, events } from '../tables.ts'

/** Changes an event: what is left out stays, null clears. Nobody overwrites what they have not seen. */
export async function updateEvent(ctx: Ctx, input: UpdateEventInput): Promise<Outcome<EventRow>> {
  const { idempotencyKey: _key, id, expectedVersion, ...given } = input
  const seen = await ctx.loaders.event.load(id)
  if (!seen) return failed(contract.failure('NOT_FOUND', 'There is no such event.', ['input', 'id']))
  await standing.require(ctx, 'events:write', seen)
  const changes = changesOf(given)
  const problems = draftProblems({ ...seen, ...changes })
  if (problems.length > 0) return failed(...problems)
  if (changes.capacity != null && changes.capacity < (seen.capacity ?? Number.POSITIVE_INFINITY)) {
    const { held } = await registrationsOf(ctx, id)
    if (changes.capacity < held) {
      return failed(
        contract.failure('CAPACITY_BELOW_CONFIRMED', `${held} seats are held.`, ['input', 'capacity']),
      )
    }
  }

  return ctx.transaction(
    'updateEvent',
    async (tx) => {
      const event = await lockEvent(tx, id)
      if (!isEditable(event.status)) {
        return failed(
          contract.failure('EVENT_NOT_EDITABLE', `The event is ${event.status}.`, ['input', 'id']),
        )
      }
      if (event.version !== (expectedVersion ?? seen.version)) return failed(changedMeanwhile())
      const [changed] = await tx
        .update(events)
        .set({ ...changes, version: event.version + 1, updatedAt: ctx.now() })
        .where(eq(events.id, id))
        .returning()
      if (!changed) throw new Error('update returned nothing')
      await tx.emit(eventUpdated, termsOf(changed))
      return done(changed)
    },
    {},
    input,
  )
}

const clearable: ReadonlySet<string> = new Set([
  'summary',
  'venue',
  'onlineUrl',
  'registrationOpensAt',
  'registrationClosesAt',
  'capacity',
  'submissionDeadline',
])

/** Drops what was left out; null for a field that cannot be empty counts as left out. Texts are kept tidy. */
const changesOf = (
  given: Omit<UpdateEventInput, 'id' | 'expectedVersion' | 'idempotencyKey'>,
): Partial<EventDraft> =>
  Object.fromEntries(
    Object.entries(given)
      .filter(([field, value]) => value !== undefined && (value !== null || clearable.has(field)))
      .map(([field, value]) => [field, typeof value === 'string' ? trimmed(field, value) : value]),
  )

const trimmed = (field: string, text: string): string | null =>
  clearable.has(field) ? tidy(text) : text.trim()
