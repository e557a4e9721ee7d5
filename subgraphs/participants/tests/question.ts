import { newId } from '@guildhall/kit/ids'
import type { FormFieldFacts } from '../domain/field-definition.ts'

/** A question, as no form needs to know of it. */
export const field = (over: Partial<FormFieldFacts> = {}): FormFieldFacts => ({
  id: newId('fld'),
  formId: newId('frm'),
  key: 'question',
  position: 1,
  version: 3,
  archivedAt: null,
  label: 'A question',
  help: null,
  type: 'TEXT',
  isRequired: false,
  constraints: {},
  choices: [],
  showIf: [],
  isAskedAtCheckIn: false,
  isIdentifying: false,
  ...over,
})

/** Three of them. */
export const choices = ['s', 'm', 'l'].map((value) => ({ value, label: value.toUpperCase() }))
