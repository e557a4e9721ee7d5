import { done, failed, type Outcome } from '@guildhall/kit/outcome'
import { illegalTransition } from '@guildhall/kit/state-machine'
import { line, problemsOf } from '@guildhall/kit/validate'
import { z } from 'zod'
import contract, { waitlistReordered } from '../contract.ts'
import { factsOf } from '../domain/registration-facts.ts'
import { registrationLife } from '../domain/registration-status.ts'
import type { ReorderWaitlistInput } from '../generated/graphql.ts'
import { signalChanges } from '../live/signals.ts'
import type { Ctx } from '../loaders.ts'
import { remember } from '../moves.ts'
import { lockRegistration } from '../seats.ts'
import { standing } from '../standing.ts'
import type { RegistrationRow } from '../tables.ts'
import { offerFreeSeats } from '../waitlist/offer-free-seats.ts'
import { moveTo, positionOf, rank } from '../waitlist/places.ts'

const priorityMax = 1_000_000
const rules = z
  .object({
    position: z.number().min(1).nullish(),
    priority: z.number().min(-priorityMax).max(priorityMax).nullish(),
    reason: line(1_000),
  })
  .refine(({ position, priority }) => (position == null) !== (priority == null), {
    message: 'Give either a position or a priority.',
  })

/** Organizers let somebody go first, or last. The history says who did it and why, and the participant is told. */
export async function reorderWaitlist(
  ctx: Ctx,
  input: ReorderWaitlistInput,
): Promise<Outcome<RegistrationRow>> {
  const viewer = ctx.requireViewer()
  const path = ['input', 'id']
  const problems = problemsOf(rules, input)
  if (problems.length > 0) return failed(...problems)
  const seen = await ctx.loaders.registration.load(input.id)
  if (!seen) return failed(contract.failure('NOT_FOUND', 'There is no such registration.', path))
  await standing.require(ctx, 'participants:manage', {
    organizationId: seen.organizationId,
    id: seen.eventId,
  })

  return ctx.transaction(
    'reorderWaitlist',
    async (tx) => {
      const { seats, registration } = await lockRegistration(tx, seen)
      if (registration.status !== 'WAITLISTED') {
        return failed(illegalTransition(registrationLife, registration.status, 'WAITLISTED', path))
      }
      const placed =
        input.position == null
          ? await rank(ctx, tx, registration, input.priority ?? 0)
          : await moveTo(ctx, tx, registration, input.position)
      signalChanges(ctx, tx, seats.id, [placed])
      const reason = input.reason.trim()
      await remember(ctx, tx, [placed], { from: 'WAITLISTED', reason, actorId: viewer.userId })
      await tx.emit(waitlistReordered, {
        ...factsOf(placed, seats, viewer.userId),
        position: await positionOf(tx, placed),
        reason,
      })
      const { moved } = await offerFreeSeats(ctx, tx, seats)
      return done(moved.find(({ id }) => id === placed.id) ?? placed)
    },
    {},
    input,
  )
}
