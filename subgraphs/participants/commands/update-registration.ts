import { isDeepStrictEqual } from 'node:util'
import type { Transaction } from '@guildhall/kit/context'
import { done, type Failure, failed, type Outcome } from '@guildhall/kit/outcome'
import { problemsOf, prose, tidy } from '@guildhall/kit/validate'
import { eq, sql } from 'drizzle-orm'
import { z } from 'zod'
import contract, { registrationUpdated } from '../contract.ts'
import { isModifiable, waitsAgain } from '../domain/modification.ts'
import { factsOf } from '../domain/registration-facts.ts'
import { isSeatable } from '../domain/registration-window.ts'
import { changeAnswers } from '../forms/change-answers.ts'
import type { UpdateRegistrationInput } from '../generated/graphql.ts'
import type { Ctx } from '../loaders.ts'
import { move } from '../moves.ts'
import { lockRegistration } from '../seats.ts'
import {
  type EventSeatsRow,
  type RegistrationFormRow,
  type RegistrationRow,
  registrationForms,
  registrations,
} from '../tables.ts'
import { offerFreeSeats } from '../waitlist/offer-free-seats.ts'

/**
 * The caller changes what was answered or written, as long as the form lets them; who may see that they take part they
 * change at any time. Where reviewers shall decide again, the seat goes to the next meanwhile.
 */
export async function updateRegistration(
  ctx: Ctx,
  input: UpdateRegistrationInput,
): Promise<Outcome<RegistrationRow>> {
  const viewer = ctx.requireViewer()
  const message = input.message === undefined ? undefined : tidy(input.message)
  const problems = problemsOf(z.object({ message: prose(1_000).nullish() }), { message })
  if (problems.length > 0) return failed(...problems)
  const own = await ctx.loaders.registration.load(input.id)
  if (own?.userId !== viewer.userId) {
    return failed(contract.failure('NOT_FOUND', 'There is no such registration of yours.', ['input', 'id']))
  }
  return ctx.transaction(
    'updateRegistration',
    async (tx) => {
      const { seats, registration } = await lockRegistration(tx, own)
      if (input.expectedVersion != null && input.expectedVersion !== registration.version) {
        return failed(
          contract.failure('VERSION_CONFLICT', 'The registration was changed meanwhile.', [
            'input',
            'expectedVersion',
          ]),
        )
      }
      const form = await lockedForm(tx, registration)
      const answered =
        input.answers == null ? false : await changeAnswers(tx, registration, form, input.answers)
      if (typeof answered !== 'boolean') return failed(...answered)
      const isModified = answered || (message !== undefined && message !== registration.message)
      if (isModified && !(isModifiable(form, registration) && isSeatable(seats, ctx.now()))) {
        return failed(modificationClosed())
      }
      const consentToBeListed = input.consentToBeListed ?? registration.consentToBeListed
      const changes = { message: message === undefined ? registration.message : message, consentToBeListed }
      if (!isModified && isDeepStrictEqual(consentToBeListed, registration.consentToBeListed))
        return done(registration)
      return done(
        await write(ctx, tx, seats, registration, changes, isModified && waitsAgain(form, registration)),
      )
    },
    {},
    input,
  )
}

/** Shared, so that its questions stay what they are until this is done. */
async function lockedForm(tx: Transaction, { formId }: RegistrationRow): Promise<RegistrationFormRow | null> {
  if (formId === null) return null
  const [form] = await tx
    .select()
    .from(registrationForms)
    .where(eq(registrationForms.id, formId))
    .for('share')
  return form ?? null
}

async function write(
  ctx: Ctx,
  tx: Transaction,
  seats: EventSeatsRow,
  registration: RegistrationRow,
  changes: Pick<RegistrationRow, 'message' | 'consentToBeListed'>,
  isApprovalReset: boolean,
): Promise<RegistrationRow> {
  const [changed] = await tx
    .update(registrations)
    .set({ ...changes, version: sql`${registrations.version} + 1`, updatedAt: ctx.now() })
    .where(eq(registrations.id, registration.id))
    .returning()
  if (!changed) throw new Error('the registration was locked and is gone')
  const after = isApprovalReset
    ? await move(ctx, tx, seats, [changed], { to: 'PENDING_APPROVAL' })
    : { moved: [changed], seats }
  const [written = changed] = after.moved
  await tx.emit(registrationUpdated, { ...factsOf(written, seats, registration.userId), isApprovalReset })
  if (isApprovalReset) await offerFreeSeats(ctx, tx, after.seats)
  return written
}

const modificationClosed = (): Failure =>
  contract.failure('MODIFICATION_CLOSED', 'The registration can no longer be changed.', ['input', 'id'])
