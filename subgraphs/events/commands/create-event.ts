import { done, failed, type Outcome } from '@guildhall/kit/outcome'
import { tidy } from '@guildhall/kit/validate'
import { eventCreated } from '../contract.ts'
import { draftProblems, hashtagOf } from '../domain/event-draft.ts'
import { noParts, termsOf } from '../domain/event-terms.ts'
import { slugsFor } from '../domain/slug.ts'
import type { CreateEventInput } from '../generated/graphql.ts'
import { insertEvent, slugTaken } from '../insert-event.ts'
import type { Ctx } from '../loaders.ts'
import { changeRoles } from '../memberships.ts'
import type { EventRow } from '../tables.ts'
import { noSuch } from '../tracks/failures.ts'

/** Drafts an event of an organization in which the caller may write events. */
export async function createEvent(ctx: Ctx, input: CreateEventInput): Promise<Outcome<EventRow>> {
  const viewer = ctx.requireViewer()
  ctx.require('events:write', { organizationId: input.organizationId })
  const { idempotencyKey: _key, organizationId, location, slug, ...given } = input
  const draft = {
    ...given,
    title: given.title.trim(),
    summary: tidy(given.summary),
    venue: tidy(given.venue),
    latitude: location?.latitude ?? null,
    longitude: location?.longitude ?? null,
    onlineUrl: tidy(given.onlineUrl),
    hashtag: hashtagOf(given.hashtag),
    bannerUrl: tidy(given.bannerUrl),
    registrationOpensAt: given.registrationOpensAt ?? null,
    registrationClosesAt: given.registrationClosesAt ?? null,
    capacity: given.capacity ?? null,
    seriesId: given.seriesId ?? null,
    submissionDeadline: given.submissionDeadline ?? null,
  }
  const problems = draftProblems({ ...draft, slug: slug ?? undefined })
  if (problems.length > 0) return failed(...problems)

  return ctx.transaction(
    'createEvent',
    async (tx) => {
      const now = ctx.now()
      const id = ctx.newId('evt')
      const event = await insertEvent(
        tx,
        {
          ...draft,
          id,
          organizationId,
          createdById: viewer.userId,
          createdAt: now,
          updatedAt: now,
        },
        slug == null ? slugsFor(draft.title, id, draft.visibility === 'UNLISTED') : [slug],
      )
      if (!event) return failed(slugTaken())
      await tx.emit(eventCreated, termsOf(event, noParts))
      await changeRoles(ctx, tx, { event, userId: viewer.userId, give: ['OWNER'] })
      return done(event)
    },
    { event_series_of_same_organization: () => noSuch('series', 'seriesId') },
    input,
  )
}
