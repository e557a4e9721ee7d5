import { done, failed, type Outcome } from '@guildhall/kit/outcome'
import { eq } from 'drizzle-orm'
import contract from '../contract.ts'
import type { FormFieldFacts } from '../domain/field-definition.ts'
import { conditionProblems, fieldProblems, firstBroken } from '../domain/field-draft.ts'
import { changeFields, fieldNeeded, namedField, noSuchField } from '../forms/change-fields.ts'
import { definitionAfter, placesProblems } from '../forms/field-input.ts'
import { saveVersion } from '../forms/save-field.ts'
import type { UpdateFormFieldInput } from '../generated/graphql.ts'
import type { Ctx } from '../loaders.ts'
import { formFields } from '../tables.ts'

/** Changes a question: each change is a version of its own, and answers keep the one that they answered. */
export async function updateFormField(
  ctx: Ctx,
  input: UpdateFormFieldInput,
): Promise<Outcome<FormFieldFacts>> {
  const seen = await namedField(ctx, input.id)
  if (!seen.ok) return seen
  return changeFields(ctx, 'updateFormField', input, seen.value.form, async (tx, fields) => {
    const index = fields.findIndex(({ id }) => id === input.id)
    const current = fields[index]
    if (!current) return failed(noSuchField())
    if (input.expectedVersion != null && input.expectedVersion !== current.version) {
      return failed(
        contract.failure('VERSION_CONFLICT', 'The question was changed meanwhile.', [
          'input',
          'expectedVersion',
        ]),
      )
    }
    const field: FormFieldFacts = {
      ...current,
      ...definitionAfter(current, input),
      key: input.key ?? current.key,
      version: current.version + 1,
    }
    const problems = [
      ...fieldProblems(field),
      ...placesProblems(input.choices),
      ...conditionProblems(field, fields.slice(0, index)),
    ]
    if (problems.length > 0) return failed(...problems)
    const broken = firstBroken(fields.with(index, field))
    if (broken) return failed(fieldNeeded(broken))
    await tx
      .update(formFields)
      .set({ key: field.key, version: field.version, updatedAt: ctx.now() })
      .where(eq(formFields.id, field.id))
    await saveVersion(ctx, tx, field, input.choices ?? null)
    return done(field)
  })
}
