import { done, failed, type Outcome } from '@guildhall/kit/outcome'
import type { FormFieldFacts } from '../domain/field-definition.ts'
import { firstBroken } from '../domain/field-draft.ts'
import { changeFields, fieldNeeded, namedField, noSuchField } from '../forms/change-fields.ts'
import { savePositions } from '../forms/save-field.ts'
import type { MoveFormFieldInput } from '../generated/graphql.ts'
import type { Ctx } from '../loaders.ts'

/** Puts a question at another place, behind those that its conditions look at. */
export async function moveFormField(ctx: Ctx, input: MoveFormFieldInput): Promise<Outcome<FormFieldFacts>> {
  const seen = await namedField(ctx, input.id)
  if (!seen.ok) return seen
  return changeFields(ctx, 'moveFormField', input, seen.value.form, async (tx, fields) => {
    const current = fields.find(({ id }) => id === input.id)
    if (!current) return failed(noSuchField())
    const index = Math.min(Math.max(input.position, 1), fields.length) - 1
    const after = fields.filter(({ id }) => id !== input.id).toSpliced(index, 0, current)
    const broken = firstBroken(after)
    if (broken) return failed(fieldNeeded(broken))
    await savePositions(tx, after)
    return done({ ...current, position: index + 1 })
  })
}
