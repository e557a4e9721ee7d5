/** What can be asked. */
export const fieldTypes = [
  'TEXT',
  'TEXTAREA',
  'NUMBER',
  'BOOLEAN',
  'SINGLE_CHOICE',
  'MULTIPLE_CHOICE',
  'DATE',
  'EMAIL',
  'PHONE',
  'COUNTRY',
  'URL',
] as const

export type FieldType = (typeof fieldTypes)[number]

export const isChoice = (type: FieldType): boolean => type === 'SINGLE_CHOICE' || type === 'MULTIPLE_CHOICE'

/** What an answer must keep to; each applies to some types only. Lengths count code points. */
export interface FieldConstraints {
  minLength?: number | null | undefined
  maxLength?: number | null | undefined
  minValue?: number | null | undefined
  maxValue?: number | null | undefined
  isWholeNumber?: boolean | null | undefined
  minChoices?: number | null | undefined
  maxChoices?: number | null | undefined
  /** Days, `2026-05-01`. */
  earliestOn?: string | null | undefined
  latestOn?: string | null | undefined
  /** Only "yes" will do. */
  isAcceptanceRequired?: boolean | null | undefined
}

/** One choice. How many places it has stands with the counter of those that are taken. */
export interface FieldChoice {
  value: string
  label: string
}

/** Holds when an earlier question was answered so; one of the three is set. */
export interface FieldCondition {
  fieldId: string
  /** Of choices, one of those taken; numbers and booleans as JSON writes them. */
  equals?: string | null | undefined
  in?: readonly string[] | null | undefined
  isAnswered?: boolean | null | undefined
}

/** What one version of a question says. */
export interface FieldDefinition {
  label: string
  help: string | null
  type: FieldType
  isRequired: boolean
  constraints: FieldConstraints
  choices: FieldChoice[]
  /** All of them must hold for the question to be asked. */
  showIf: FieldCondition[]
  /** Asked by the people at the door, not when registering. */
  isAskedAtCheckIn: boolean
  /** Tells who somebody is: hidden from reviewers who decide blind. */
  isIdentifying: boolean
}

/** A question as it is asked now. */
export interface FormFieldFacts extends FieldDefinition {
  id: string
  formId: string
  key: string
  position: number
  version: number
  archivedAt: Date | null
}
