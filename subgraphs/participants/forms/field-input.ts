import { problemsOf, tidy } from '@guildhall/kit/validate'
import { z } from 'zod'
import type { FieldDefinition } from '../domain/field-definition.ts'
import type {
  FormChoiceInput,
  FormConditionInput,
  FormFieldConstraintsInput,
  UpdateFormFieldInput,
} from '../generated/graphql.ts'

/** What a question says after a change: what is left out stays, and null clears what can be empty. */
export const definitionAfter = (
  before: FieldDefinition,
  input: Omit<UpdateFormFieldInput, 'id'>,
): FieldDefinition => ({
  label: input.label?.trim() ?? before.label,
  help: input.help === undefined ? before.help : tidy(input.help),
  type: input.type ?? before.type,
  isRequired: input.isRequired ?? before.isRequired,
  constraints: input.constraints === undefined ? before.constraints : setOnes(input.constraints),
  choices: input.choices == null ? before.choices : input.choices.map(shown),
  showIf: input.showIf === undefined ? before.showIf : (input.showIf ?? []).map(asCondition),
  isAskedAtCheckIn: input.isAskedAtCheckIn ?? before.isAskedAtCheckIn,
  isIdentifying: input.isIdentifying ?? before.isIdentifying,
})

/** Places are no part of what a question says: they are counted. */
export const placesProblems = (choices: readonly FormChoiceInput[] | null | undefined) =>
  problemsOf(z.object({ choices: z.array(z.object({ places: z.int().min(1).max(1_000_000).nullish() })) }), {
    choices: choices ?? [],
  })

const shown = ({ value, label }: FormChoiceInput) => ({ value: value.trim(), label: label.trim() })

const setOnes = (constraints: FormFieldConstraintsInput | null): FieldDefinition['constraints'] =>
  Object.fromEntries(Object.entries(constraints ?? {}).filter(([, value]) => value != null))

const asCondition = ({ fieldId, equals, in: among, isAnswered }: FormConditionInput) => ({
  fieldId,
  ...(equals == null ? {} : { equals }),
  ...(among == null ? {} : { in: among }),
  ...(isAnswered == null ? {} : { isAnswered }),
})
