import { done, failed, type Outcome } from '@guildhall/kit/outcome'
import { tidy } from '@guildhall/kit/validate'
import contract from '../contract.ts'
import { type FormDraft, formProblems } from '../domain/form-draft.ts'
import { hashOf, randomToken } from '../domain/token.ts'
import { formArchived } from '../forms/change-fields.ts'
import { changeForm } from '../forms/change-form.ts'
import type { UpdateRegistrationFormInput } from '../generated/graphql.ts'
import type { Ctx } from '../loaders.ts'
import type { RegistrationFormRow } from '../tables.ts'

/** Changes a form: what is left out stays, null clears. */
export async function updateRegistrationForm(
  ctx: Ctx,
  input: UpdateRegistrationFormInput,
): Promise<Outcome<RegistrationFormRow>> {
  return changeForm(ctx, 'updateRegistrationForm', input, async (current) => {
    if (input.expectedVersion != null && input.expectedVersion !== current.version) {
      return failed(
        contract.failure('VERSION_CONFLICT', 'The form was changed meanwhile.', ['input', 'expectedVersion']),
      )
    }
    if (current.archivedAt) return failed(formArchived())
    const event = await ctx.loaders.eventSeats.load(current.eventId)
    if (!event) return failed(contract.failure('NOT_FOUND', 'There is no such event.', ['input', 'id']))
    const draft = draftAfter(current, input)
    const problems = formProblems(draft, event)
    if (problems.length > 0) return failed(...problems)
    // Nobody knows this token: the next one that is asked for opens the form.
    const tokenHash = current.tokenHash ?? (draft.isPrivate ? hashOf(randomToken()) : null)
    return done({ ...draft, tokenHash })
  })
}

const draftAfter = (current: RegistrationFormRow, input: UpdateRegistrationFormInput): FormDraft => ({
  title: input.title?.trim() ?? current.title,
  description: input.description === undefined ? current.description : tidy(input.description),
  category: input.category ?? current.category,
  opensAt: after(current.opensAt, input.opensAt),
  closesAt: after(current.closesAt, input.closesAt),
  capacity: after(current.capacity, input.capacity),
  approvalMode: after(current.approvalMode, input.approvalMode),
  modificationMode: input.modificationMode ?? current.modificationMode,
  isApprovalResetOnModification: input.isApprovalResetOnModification ?? current.isApprovalResetOnModification,
  isPrivate: input.isPrivate ?? current.isPrivate,
  isReviewBlind: input.isReviewBlind ?? current.isReviewBlind,
  retentionDays: after(current.retentionDays, input.retentionDays),
})

const after = <T>(before: T, given: T | undefined): T => (given === undefined ? before : given)
