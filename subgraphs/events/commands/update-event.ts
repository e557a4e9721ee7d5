import { done, failed, type Outcome } from '@guildhall/kit/outcome'
import { tidy } from '@guildhall/kit/validate'
import { eq } from 'drizzle-orm'
import { notEditable, requireWriter } from '../change-event.ts'
import contract, { eventUpdated } from '../contract.ts'
import { draftProblems, type EventDraft, hashtagOf } from '../domain/event-draft.ts'
import { isEditable } from '../domain/event-status.ts'
import { termsOf } from '../domain/event-terms.ts'
import type { UpdateEventInput } from '../generated/graphql.ts'
import { slugTaken } from '../insert-event.ts'
import type { Ctx } from '../loaders.ts'
import { changedMeanwhile, lockEvent } from '../lock-event.ts'
import { registrationsOf } from '../registrations.ts'
import { rearm } from '../reminders/due.ts'
import { type EventRow, events } from '../tables.ts'
import { noSuch } from '../tracks/failures.ts'
import { partsOf } from '../tracks/parts-of.ts'

/** Changes an event: what is left out stays, null clears. Nobody overwrites what they have not seen. */
export async function updateEvent(ctx: Ctx, input: UpdateEventInput): Promise<Outcome<EventRow>> {
  const { idempotencyKey: _key, id, expectedVersion, ...given } = input
  const seen = await ctx.loaders.event.load(id)
  if (!seen) return failed(contract.failure('NOT_FOUND', 'There is no such event.', ['input', 'id']))
  await requireWriter(ctx, seen)
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
      if (!isEditable(event.status)) return failed(notEditable(event))
      if (changes.slug !== undefined && changes.slug !== event.slug && event.status !== 'DRAFT') {
        return failed(
          contract.failure('SLUG_FIXED', 'Its slug is known since it was published.', ['input', 'slug']),
        )
      }
      if (event.version !== (expectedVersion ?? seen.version)) return failed(changedMeanwhile())
      const [changed] = await tx
        .update(events)
        .set({ ...changes, version: event.version + 1, updatedAt: ctx.now() })
        .where(eq(events.id, id))
        .returning()
      if (!changed) throw new Error('update returned nothing')
      await rearm(ctx, tx, id)
      await tx.emit(eventUpdated, termsOf(changed, await partsOf(tx, id)))
      return done(changed)
    },
    {
      event_slug_once: slugTaken,
      event_series_of_same_organization: () => noSuch('series', 'seriesId'),
    },
    input,
  )
}

const clearable: ReadonlySet<string> = new Set([
  'summary',
  'venue',
  'onlineUrl',
  'bannerUrl',
  'registrationOpensAt',
  'registrationClosesAt',
  'capacity',
  'seriesId',
  'submissionDeadline',
])

/** Drops what was left out; null for a field that cannot be empty counts as left out. Texts are kept tidy. */
const changesOf = ({
  location,
  hashtag,
  ...given
}: Omit<UpdateEventInput, 'id' | 'expectedVersion' | 'idempotencyKey'>): Changes => ({
  ...Object.fromEntries(
    Object.entries(given)
      .filter(([field, value]) => value !== undefined && (value !== null || clearable.has(field)))
      .map(([field, value]) => [field, typeof value === 'string' ? trimmed(field, value) : value]),
  ),
  ...(location === undefined
    ? {}
    : { latitude: location?.latitude ?? null, longitude: location?.longitude ?? null }),
  ...(hashtag === undefined ? {} : { hashtag: hashtagOf(hashtag) }),
})

type Changes = Partial<EventDraft & { slug: string }>

const trimmed = (field: string, text: string): string | null =>
  clearable.has(field) ? tidy(text) : text.trim()
