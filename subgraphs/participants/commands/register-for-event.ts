import type { Transaction } from '@guildhall/kit/context'
import { done, type Failure, failed, type Outcome } from '@guildhall/kit/outcome'
import { problemsOf, prose } from '@guildhall/kit/validate'
import { z } from 'zod'
import { issueTickets } from '../check-in/tickets.ts'
import contract, { registrationCreated } from '../contract.ts'
import { factsOf } from '../domain/registration-facts.ts'
import { liveStatuses } from '../domain/registration-status.ts'
import { admission, freeSeats } from '../domain/registration-window.ts'
import { keepAnswers } from '../forms/answers.ts'
import { enterForm } from '../forms/enter.ts'
import { takeForm } from '../forms/places.ts'
import type { RegisterForEventInput } from '../generated/graphql.ts'
import { decideInvitation } from '../invitations/decide.ts'
import { invalidInvitation, wayIn } from '../invitations/meet.ts'
import { signalChanges } from '../live/signals.ts'
import type { Ctx } from '../loaders.ts'
import { announce, remember } from '../moves.ts'
import { seatsFor } from '../projection.ts'
import { drawSeats } from '../seats.ts'
import { type EventSeatsRow, type RegistrationRow, registrations } from '../tables.ts'
import { inTurn } from '../turnstile.ts'
import { offerFreeSeats } from '../waitlist/offer-free-seats.ts'

/** Registers the caller: with a seat, in the queue for one, or waiting for a reviewer. */
export async function registerForEvent(
  ctx: Ctx,
  input: RegisterForEventInput,
): Promise<Outcome<RegistrationRow>> {
  ctx.requireViewer()
  const message = input.message?.trim() || null
  const { partySize } = input
  const problems = problemsOf(rules, { message, partySize })
  if (problems.length > 0) return failed(...problems)
  const event = await seatsFor(ctx, input.eventId)
  if (!event) return failed(contract.failure('NOT_FOUND', 'There is no such event.', ['input', 'eventId']))
  const way = await wayIn(ctx, event, input)
  if (!way.ok) return way
  const { met, invitation } = way.value
  const approvalMode = invitation?.isApprovalSkipped ? 'AUTO' : met.form.approvalMode

  const outcome = await inTurn(event.id, () =>
    ctx.transaction(
      'registerForEvent',
      async (tx) => {
        // The event's lock comes first; what is sent behind it need not wait for its answer.
        const id = ctx.newId('reg')
        const [drawn, taken, accepted] = await Promise.all([
          drawSeats(tx, event.id, partySize, approvalMode),
          takeForm(tx, met.form.id),
          invitation && decideInvitation(ctx, tx, invitation, { state: 'ACCEPTED', registrationId: id }),
        ])
        if (invitation && !accepted) return failed(invalidInvitation())
        const seats = { ...drawn, approvalMode: approvalMode ?? drawn.approvalMode }
        const status = admission(seats, partySize, ctx.now())
        if (typeof status !== 'string') return failed(status)
        const entered = await enterForm(ctx, tx, met, taken, input.answers ?? [])
        if (!entered.ok) return entered
        const { form, answers, searchText } = entered.value
        const registration = await enrol(ctx, tx, seats, {
          id,
          status,
          message,
          partySize,
          formId: form.id,
          category: form.category,
          searchText,
          consentToBeListed: input.consentToBeListed,
        })
        const full = await keepAnswers(tx, registration.id, answers)
        if (full.length > 0) return failed(...full)
        return done(await pastLargerParties(ctx, tx, drawn, registration))
      },
      { registration_one_live: alreadyRegistered },
      input,
    ),
  )
  return outcome.ok ? outcome : preciser(ctx, outcome, event.id)
}

const rules = z.object({ message: prose(1_000).nullable(), partySize: z.number().min(1) })

type Newcomer = Pick<
  RegistrationRow,
  'id' | 'status' | 'message' | 'partySize' | 'formId' | 'category' | 'consentToBeListed' | 'searchText'
>

async function enrol(
  ctx: Ctx,
  tx: Transaction,
  seats: EventSeatsRow,
  newcomer: Newcomer,
): Promise<RegistrationRow> {
  const viewer = ctx.requireViewer()
  const now = ctx.now()
  const [registration] = await tx
    .insert(registrations)
    .values({
      eventId: seats.id,
      organizationId: seats.organizationId,
      userId: viewer.userId,
      number: seats.nextNumber - 1,
      ...newcomer,
      waitlistedAt: newcomer.status === 'WAITLISTED' ? now : null,
      createdAt: now,
      updatedAt: now,
    })
    .returning()
  if (!registration) throw new Error('insert returned nothing')
  signalChanges(ctx, tx, seats.id, [registration])
  await Promise.all([
    remember(ctx, tx, [registration], { from: null, actorId: viewer.userId }),
    tx.emit(registrationCreated, factsOf(registration, seats, viewer.userId)),
    issueTickets(ctx, tx, [registration]),
    announce(tx, seats, registration, { from: null, actorId: viewer.userId }),
  ])
  return registration
}

/** A newcomer who fits is offered what those in front are too many for, if they may be let past. */
async function pastLargerParties(
  ctx: Ctx,
  tx: Transaction,
  seats: EventSeatsRow,
  newcomer: RegistrationRow,
): Promise<RegistrationRow> {
  if (newcomer.status !== 'WAITLISTED' || freeSeats(seats) < newcomer.partySize) return newcomer
  const { moved } = await offerFreeSeats(ctx, tx, seats)
  return moved.find(({ id }) => id === newcomer.id) ?? newcomer
}

/** Whoever is in already is told so, rather than that nobody else gets in. */
async function preciser<Refusal extends Outcome<never>>(ctx: Ctx, refusal: Refusal, eventId: string) {
  const mine = await ctx.loaders.myRegistration.load(eventId)
  return mine && liveStatuses.includes(mine.status) ? failed(alreadyRegistered()) : refusal
}

const alreadyRegistered = (): Failure =>
  contract.failure('ALREADY_REGISTERED', 'You have registered for this event.', ['input', 'eventId'])
