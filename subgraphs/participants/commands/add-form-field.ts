import { done, failed, type Outcome } from '@guildhall/kit/outcome'
import contract from '../contract.ts'
import type { FieldDefinition, FormFieldFacts } from '../domain/field-definition.ts'
import { conditionProblems, fieldProblems, fieldsMax, firstBroken } from '../domain/field-draft.ts'
import { changeFields, fieldNeeded } from '../forms/change-fields.ts'
import { definitionAfter, placesProblems } from '../forms/field-input.ts'
import { savePositions, saveVersion } from '../forms/save-field.ts'
import type { AddFormFieldInput } from '../generated/graphql.ts'
import type { Ctx } from '../loaders.ts'
import { formFields } from '../tables.ts'

/** Asks one more question. */
export async function addFormField(ctx: Ctx, input: AddFormFieldInput): Promise<Outcome<FormFieldFacts>> {
  const form = await ctx.loaders.registrationForm.load(input.formId)
  if (!form) return failed(contract.failure('NOT_FOUND', 'There is no such form.', ['input', 'formId']))
  const definition = definitionAfter(nothing, input)
  return changeFields(ctx, 'addFormField', input, form, async (tx, fields) => {
    const index = Math.min(Math.max(input.position ?? fields.length + 1, 1) - 1, fields.length)
    const field: FormFieldFacts = {
      ...definition,
      id: ctx.newId('fld'),
      formId: form.id,
      key: input.key,
      position: index + 1,
      version: 1,
      archivedAt: null,
    }
    const problems = [
      ...fieldProblems(field),
      ...placesProblems(input.choices),
      ...conditionProblems(field, fields.slice(0, index)),
    ]
    if (problems.length > 0) return failed(...problems)
    if (fields.length >= fieldsMax) {
      return failed(
        contract.failure('TOO_MANY_FIELDS', `A form has at most ${fieldsMax} questions.`, [
          'input',
          'formId',
        ]),
      )
    }
    const after = fields.toSpliced(index, 0, field)
    const broken = firstBroken(after)
    if (broken) return failed(fieldNeeded(broken))
    const now = ctx.now()
    await tx.insert(formFields).values({ ...field, createdAt: now, updatedAt: now })
    await saveVersion(ctx, tx, field, input.choices ?? [])
    if (index < fields.length) await savePositions(tx, after)
    return done(field)
  })
}

const nothing: FieldDefinition = {
  label: '',
  help: null,
  type: 'TEXT',
  isRequired: false,
  constraints: {},
  choices: [],
  showIf: [],
  isAskedAtCheckIn: false,
  isIdentifying: false,
}
