import { webAddress } from '@guildhall/kit/validate'
import { z } from 'zod'
import { countries } from './countries.ts'
import type { FieldConstraints, FieldDefinition } from './field-definition.ts'

/** As it is kept: dates are text, choices the values of those taken. */
export type AnswerValue = string | number | boolean | string[]

/** What clients send: exactly one of the kinds. */
export interface GivenAnswer {
  fieldId: string
  /** The version of the question that was read. */
  fieldVersion?: number | null | undefined
  text?: string | null | undefined
  number?: number | null | undefined
  isTrue?: boolean | null | undefined
  choices?: readonly string[] | null | undefined
  date?: string | null | undefined
}

/** The longest that can be kept, whatever a question allows. */
export const textMax = {
  TEXT: 1_000,
  TEXTAREA: 10_000,
  EMAIL: 254,
  PHONE: 30,
  COUNTRY: 2,
  URL: 2_000,
} as const

type Read = { value: AnswerValue | null } | { problem: string }

/** Reads an answer as the question wants it. Kept is exactly what was given; blank text and no choices are no answer. */
export function readAnswer(field: FieldDefinition, answer: GivenAnswer): Read {
  const { text, number, isTrue, choices, date } = answer
  const given = Object.entries({ text, number, isTrue, choices, date }).filter(([, value]) => value != null)
  const [only] = given
  if (!only || given.length > 1) {
    return { problem: 'Give exactly one of `text`, `number`, `isTrue`, `choices` and `date`.' }
  }
  const kind = kindOf(field)
  if (only[0] !== kind) return { problem: `This question is answered with \`${kind}\`.` }
  const value = only[1] as AnswerValue
  const isBlank = typeof value === 'string' ? value.trim() === '' : Array.isArray(value) && value.length === 0
  if (isBlank) return { value: null }
  const problem = problemOf(field, value)
  return problem === null ? { value } : { problem }
}

/** Where a problem with an answer stands. */
export const answerPath = (fieldId: string | null): string[] =>
  fieldId === null ? ['input', 'answers'] : ['input', 'answers', fieldId.slice(0, 64)]

/** The kind of answer that a question wants, also how it is shown. */
export function kindOf({
  type,
}: Pick<FieldDefinition, 'type'>): 'text' | 'number' | 'isTrue' | 'choices' | 'date' {
  if (type === 'NUMBER') return 'number'
  if (type === 'BOOLEAN') return 'isTrue'
  if (type === 'DATE') return 'date'
  return type === 'SINGLE_CHOICE' || type === 'MULTIPLE_CHOICE' ? 'choices' : 'text'
}

function problemOf(field: FieldDefinition, value: AnswerValue): string | null {
  const { type, constraints } = field
  if (typeof value === 'boolean') {
    return constraints.isAcceptanceRequired && !value ? 'This has to be agreed to.' : null
  }
  if (typeof value === 'number') return numberProblem(constraints, value)
  if (Array.isArray(value)) return choicesProblem(field, value)
  if (type === 'DATE') return dateProblem(constraints, value)
  return textProblem(field, value)
}

function numberProblem(
  { minValue, maxValue, isWholeNumber }: FieldConstraints,
  value: number,
): string | null {
  if (!Number.isFinite(value)) return 'Must be a number.'
  if (isWholeNumber && !Number.isInteger(value)) return 'Must be a whole number.'
  return outside(value, minValue, maxValue, '')
}

function choicesProblem({ type, choices, constraints }: FieldDefinition, values: string[]): string | null {
  const known = new Set(choices.map((choice) => choice.value))
  if (values.some((value) => !known.has(value))) return 'There is no such choice.'
  if (new Set(values).size < values.length) return 'Take each choice once.'
  if (type === 'SINGLE_CHOICE') return values.length === 1 ? null : 'Take one choice.'
  return outside(values.length, constraints.minChoices, constraints.maxChoices, ' choices')
}

function dateProblem({ earliestOn, latestOn }: FieldConstraints, value: string): string | null {
  if (!isDay(value)) return 'Must be a day such as 2026-05-01.'
  if (earliestOn != null && value < earliestOn) return `Not before ${earliestOn}.`
  return latestOn != null && value > latestOn ? `Not after ${latestOn}.` : null
}

/** A day that exists, from the year 1 to 9999. */
export function isDay(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text) || text < '0001') return false
  const midnight = new Date(`${text}T00:00:00Z`)
  return !Number.isNaN(midnight.getTime()) && midnight.toISOString().startsWith(text)
}

type TextType = keyof typeof textMax

function textProblem({ type, constraints }: FieldDefinition, value: string): string | null {
  // What is no Unicode text can be neither kept nor shown; an emoji is one character to people, not two.
  if (!value.isWellFormed()) return 'Must be Unicode text.'
  const forbidden = type === 'TEXTAREA' ? /[^\P{Cc}\t\n\r]/u : /\p{Cc}/u
  if (forbidden.test(value)) return 'Control characters are not allowed.'
  const length = [...value].length
  const longest = Math.min(textMax[type as TextType], constraints.maxLength ?? Number.POSITIVE_INFINITY)
  return outside(length, constraints.minLength, longest, ' characters') ?? formats[type]?.(value) ?? null
}

const formats: Partial<Record<FieldDefinition['type'], (value: string) => string | null>> = {
  EMAIL: (value) => (z.email().safeParse(value).success ? null : 'Must be an e-mail address.'),
  PHONE: (value) => (isPhone(value) ? null : 'Must be a number with its country, such as +41 44 668 18 00.'),
  COUNTRY: (value) => (countries.has(value) ? null : 'Must be a country code such as CH.'),
  URL: (value) => (webAddress().safeParse(value).success ? null : 'Must be an http or https address.'),
}

/** E.164 has 7 to 15 digits; people write them in groups. */
const isPhone = (value: string): boolean =>
  /^\+[1-9][0-9 ().-]*$/.test(value) && /^\d{7,15}$/.test(value.replaceAll(/\D/g, ''))

function outside(
  value: number,
  min: number | null | undefined,
  max: number | null | undefined,
  unit: string,
): string | null {
  if (min != null && value < min) return `At least ${min}${unit}.`
  return max != null && value > max ? `At most ${max}${unit}.` : null
}
