import { done, failed, type Outcome } from '@guildhall/kit/outcome'
import { tidy } from '@guildhall/kit/validate'
import { and, count, eq, isNull } from 'drizzle-orm'
import contract from '../contract.ts'
import { type FormDraft, formProblems, formsMax } from '../domain/form-draft.ts'
import { hashOf, randomToken } from '../domain/token.ts'
import { requireManager } from '../forms/rights.ts'
import type { CreateRegistrationFormInput } from '../generated/graphql.ts'
import type { Ctx } from '../loaders.ts'
import { seatsFor } from '../projection.ts'
import { lockSeats } from '../seats.ts'
import { type RegistrationFormRow, registrationForms } from '../tables.ts'

/** A form, and what opens it if that is new and it is private. */
export interface TokenedForm {
  registrationForm: RegistrationFormRow
  token: string | null
}

/** Offers another way to register. The event is locked while its forms are counted. */
export async function createRegistrationForm(
  ctx: Ctx,
  input: CreateRegistrationFormInput,
): Promise<Outcome<TokenedForm>> {
  const event = await seatsFor(ctx, input.eventId)
  if (!event) return failed(contract.failure('NOT_FOUND', 'There is no such event.', ['input', 'eventId']))
  await requireManager(ctx, { organizationId: event.organizationId, eventId: event.id })
  const draft = draftOf(input)
  const problems = formProblems(draft, event)
  if (problems.length > 0) return failed(...problems)
  const token = draft.isPrivate ? randomToken() : null
  const tokenHash = token === null ? null : hashOf(token)

  const outcome = await ctx.transaction<RegistrationFormRow>(
    'createRegistrationForm',
    async (tx) => {
      await lockSeats(tx, [event.id])
      const [forms] = await tx
        .select({ count: count() })
        .from(registrationForms)
        .where(and(eq(registrationForms.eventId, event.id), isNull(registrationForms.archivedAt)))
      if ((forms?.count ?? 0) >= formsMax) {
        return failed(
          contract.failure('TOO_MANY_FORMS', `An event has at most ${formsMax} forms.`, ['input', 'eventId']),
        )
      }
      const now = ctx.now()
      const [form] = await tx
        .insert(registrationForms)
        .values({
          ...draft,
          id: ctx.newId('frm'),
          eventId: event.id,
          organizationId: event.organizationId,
          tokenHash,
          createdAt: now,
          updatedAt: now,
        })
        .returning()
      if (!form) throw new Error('insert returned nothing')
      return done(form)
    },
    {},
    input,
  )
  if (!outcome.ok) return outcome
  const isFirstAnswer = outcome.value.tokenHash === tokenHash
  return done({ registrationForm: outcome.value, token: isFirstAnswer ? token : null })
}

const draftOf = ({ title, description, ...input }: CreateRegistrationFormInput): FormDraft => ({
  title: title.trim(),
  description: tidy(description),
  category: input.category,
  opensAt: input.opensAt ?? null,
  closesAt: input.closesAt ?? null,
  capacity: input.capacity ?? null,
  approvalMode: input.approvalMode ?? null,
  modificationMode: input.modificationMode,
  isApprovalResetOnModification: input.isApprovalResetOnModification,
  isPrivate: input.isPrivate,
  isReviewBlind: input.isReviewBlind,
  retentionDays: input.retentionDays ?? null,
})
