import { done, failed, type Outcome } from '@guildhall/kit/outcome'
import { eq } from 'drizzle-orm'
import type { FormFieldFacts } from '../domain/field-definition.ts'
import { firstBroken } from '../domain/field-draft.ts'
import { changeFields, fieldNeeded, namedField, noSuchField } from '../forms/change-fields.ts'
import { savePositions } from '../forms/save-field.ts'
import type { RemoveFormFieldInput } from '../generated/graphql.ts'
import type { Ctx } from '../loaders.ts'
import { formFields } from '../tables.ts'

/** Asks a question no more; its answers stay. */
export async function removeFormField(
  ctx: Ctx,
  input: RemoveFormFieldInput,
): Promise<Outcome<FormFieldFacts>> {
  const seen = await namedField(ctx, input.id)
  if (!seen.ok) return seen
  return changeFields(ctx, 'removeFormField', input, seen.value.form, async (tx, fields) => {
    const current = fields.find(({ id }) => id === input.id)
    if (!current) return failed(noSuchField())
    const others = fields.filter(({ id }) => id !== input.id)
    const broken = firstBroken(others)
    if (broken) return failed(fieldNeeded(broken))
    const now = ctx.now()
    await tx.update(formFields).set({ archivedAt: now, updatedAt: now }).where(eq(formFields.id, input.id))
    await savePositions(tx, others)
    return done({ ...current, archivedAt: now })
  })
}
