import type { Idempotent, Transaction } from '@guildhall/kit/context'
import { done, failed, type Outcome } from '@guildhall/kit/outcome'
import { eq, sql } from 'drizzle-orm'
import contract from '../contract.ts'
import type { FormFieldFacts } from '../domain/field-definition.ts'
import type { Ctx } from '../loaders.ts'
import { type RegistrationFormRow, registrationForms } from '../tables.ts'
import { fieldsOfForms, lockForm } from './fields.ts'
import { requireManager } from './rights.ts'

/** What becomes of the questions of a form, which is locked. */
type Change = (tx: Transaction, fields: FormFieldFacts[]) => Promise<Outcome<FormFieldFacts>>

/**
 * Changes the questions of a form. Whoever registers meanwhile is either done before, or meets the form with its new
 * version and is judged by the questions of now.
 */
export async function changeFields(
  ctx: Ctx,
  name: string,
  input: Idempotent,
  seen: RegistrationFormRow,
  change: Change,
): Promise<Outcome<FormFieldFacts>> {
  await requireManager(ctx, seen)
  return ctx.transaction(
    name,
    async (tx) => {
      const form = await lockForm(tx, seen.id)
      if (form.archivedAt) return failed(formArchived())
      const changed = await change(tx, await fieldsOfForms(tx, [form.id]))
      if (!changed.ok) return changed
      await tx
        .update(registrationForms)
        .set({ version: sql`${registrationForms.version} + 1`, updatedAt: ctx.now() })
        .where(eq(registrationForms.id, form.id))
      return done(changed.value)
    },
    {
      form_field_key_once: () =>
        contract.failure('FIELD_KEY_TAKEN', 'Another question has this key.', ['input', 'key']),
      form_choice_within_places: () =>
        contract.failure('CAPACITY_BELOW_TAKEN', 'More have taken a choice than it would have places.', [
          'input',
          'choices',
        ]),
    },
    input,
  )
}

/** A question that the caller may see, with its form. */
export async function namedField(
  ctx: Ctx,
  id: string,
): Promise<Outcome<{ field: FormFieldFacts; form: RegistrationFormRow }>> {
  const field = await ctx.loaders.formField.load(id)
  const form = field && (await ctx.loaders.registrationForm.load(field.formId))
  return form ? done({ field, form }) : failed(noSuchField())
}

export const noSuchField = () => contract.failure('NOT_FOUND', 'There is no such question.', ['input', 'id'])

/** Others are asked depending on it. */
export const fieldNeeded = (by: FormFieldFacts) =>
  contract.failure('FIELD_NEEDED', `The question "${by.key}" would be asked wrongly then.`, ['input', 'id'])

export const formArchived = () => contract.failure('FORM_ARCHIVED', 'The form is out of use.', ['input'])
