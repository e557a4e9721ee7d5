import { done, failed, type Outcome } from '@guildhall/kit/outcome'
import { tidy } from '@guildhall/kit/validate'
import { eventCreated } from '../contract.ts'
import { draftProblems } from '../domain/event-draft.ts'
import { termsOf } from '../domain/event-terms.ts'
import type { CreateEventInput } from '../generated/graphql.ts'
import type { Ctx } from '../loaders.ts'
import { changeRoles } from '../memberships.ts'
import { type EventRow, events } from '../tables.ts'

/** Drafts an event of an organization in which the caller may write events. */
export async function createEvent(ctx: Ctx, input: CreateEventInput): Promise<Outcome<EventRow>> {
  const viewer = ctx.requireViewer()
  ctx.require('events:write', { organizationId: input.organizationId })
  const { idempotencyKey: _key, organizationId, ...given } = input
  const draft = {
    ...given,
    title: given.title.trim(),
    summary: tidy(given.summary),
    venue: tidy(given.venue),
    onlineUrl: tidy(given.onlineUrl),
    registrationOpensAt: given.registrationOpensAt ?? null,
    registrationClosesAt: given.registrationClosesAt ?? null,
    capacity: given.capacity ?? null,
    submissionDeadline: given.submissionDeadline ?? null,
  }
  const problems = draftProblems(draft)
  if (problems.length > 0) return failed(...problems)

  return ctx.transaction(
    'createEvent',
    async (tx) => {
      const now = ctx.now()
      const [event] = await tx
        .insert(events)
        .values({
          ...draft,
          id: ctx.newId('evt'),
          organizationId,
          createdById: viewer.userId,
          createdAt: now,
          updatedAt: now,
        })
        .returning()
      if (!event) throw new Error('insert returned nothing')
      await tx.emit(eventCreated, termsOf(event))
      await changeRoles(ctx, tx, { event, userId: viewer.userId, give: ['OWNER'] })
      return done(event)
    },
    {},
    input,
  )
}
