import type { Failure } from '@guildhall/kit/outcome'
import { line, problemsOf, prose } from '@guildhall/kit/validate'
import { z } from 'zod'
import contract from '../contract.ts'
import { isDay, textMax } from './answer-value.ts'
import {
  type FieldCondition,
  type FieldDefinition,
  type FormFieldFacts,
  fieldTypes,
  isChoice,
} from './field-definition.ts'

export const fieldsMax = 50
export const choicesMax = 50
const conditionsMax = 10

const size = z.int().min(0).max(10_000).nullish()
const amount = z.number().min(-1e15).max(1e15).nullish()
const day = z.string().refine(isDay, 'Must be a day such as 2026-05-01.').nullish()

const constraints = z.object({
  minLength: size,
  maxLength: size,
  minValue: amount,
  maxValue: amount,
  isWholeNumber: z.boolean().nullish(),
  minChoices: size,
  maxChoices: size,
  earliestOn: day,
  latestOn: day,
  isAcceptanceRequired: z.boolean().nullish(),
})

type Constraint = keyof z.infer<typeof constraints>

/** Which limits make sense for which questions. */
const constraintsOf = (type: FieldDefinition['type']): readonly Constraint[] => {
  if (type === 'NUMBER') return ['minValue', 'maxValue', 'isWholeNumber']
  if (type === 'BOOLEAN') return ['isAcceptanceRequired']
  if (type === 'DATE') return ['earliestOn', 'latestOn']
  if (type === 'MULTIPLE_CHOICE') return ['minChoices', 'maxChoices']
  return type in textMax && type !== 'COUNTRY' ? ['minLength', 'maxLength'] : []
}

const pairs = [
  ['minLength', 'maxLength'],
  ['minValue', 'maxValue'],
  ['minChoices', 'maxChoices'],
  ['earliestOn', 'latestOn'],
] as const

const draft = z
  .object({
    key: z.string().regex(/^[a-z][a-z0-9_]{0,49}$/, 'Small letters, digits and underscores, at most 50.'),
    label: line(300),
    help: prose(1_000).nullable(),
    type: z.enum(fieldTypes),
    constraints,
    choices: z.array(z.object({ value: line(100), label: line(200) })).max(choicesMax),
    showIf: z.array(z.looseObject({ fieldId: z.string() })).max(conditionsMax),
  })
  .superRefine((field, issues) => {
    const refuse = (path: string[], message: string) => issues.addIssue({ code: 'custom', path, message })
    const { type, choices } = field
    if (isChoice(type) !== choices.length > 0) {
      refuse(['choices'], isChoice(type) ? 'Give at least one choice.' : 'This type has no choices.')
    }
    if (new Set(choices.map(({ value }) => value)).size < choices.length) {
      refuse(['choices'], 'Give each value once.')
    }
    const allowed = constraintsOf(type)
    for (const [name, value] of Object.entries(field.constraints)) {
      if (value != null && !allowed.includes(name as Constraint)) {
        refuse(['constraints', name], 'This type has no such limit.')
      }
    }
    for (const [min, max] of pairs) {
      const [low, high] = [field.constraints[min], field.constraints[max]]
      if (low != null && high != null && low > high)
        refuse(['constraints', max], 'Must not be below the least.')
    }
  })

/** Every reason why a question cannot be like this, wherever in the form it stands. */
export const fieldProblems = (field: FieldDefinition & { key: string }): Failure[] => problemsOf(draft, field)

/** What is wrong with the conditions of a question, given the ones before it. */
export function conditionProblems(
  field: Pick<FormFieldFacts, 'showIf' | 'isAskedAtCheckIn'>,
  before: readonly FormFieldFacts[],
): Failure[] {
  return field.showIf.flatMap((condition, index) => {
    const problem = conditionProblem(condition, field, before)
    return problem === null
      ? []
      : contract.failure('INVALID_VALUE', problem, ['input', 'showIf', String(index)])
  })
}

/** The first question whose conditions do not stand in this order; undefined when all do. */
export const firstBroken = (fields: readonly FormFieldFacts[]): FormFieldFacts | undefined =>
  fields.find((field, index) => conditionProblems(field, fields.slice(0, index)).length > 0)

function conditionProblem(
  { fieldId, equals, in: among, isAnswered }: FieldCondition,
  { isAskedAtCheckIn }: Pick<FormFieldFacts, 'isAskedAtCheckIn'>,
  before: readonly FormFieldFacts[],
): string | null {
  const other = before.find(({ id }) => id === fieldId)
  if (!other) return 'A condition looks at a question that is asked earlier.'
  if (other.isAskedAtCheckIn && !isAskedAtCheckIn) return 'That question is asked at check-in.'
  if ([equals, among, isAnswered].filter((part) => part != null).length !== 1) {
    return 'Give exactly one of `equals`, `in` and `isAnswered`.'
  }
  if (isAnswered != null) return null
  const wanted = among ?? [equals]
  if (wanted.length === 0 || wanted.length > choicesMax) return `Give 1 to ${choicesMax} values.`
  const known = other.choices.map(({ value }) => value)
  return isChoice(other.type) && !wanted.every((value) => known.includes(value ?? ''))
    ? 'There is no such choice.'
    : null
}
