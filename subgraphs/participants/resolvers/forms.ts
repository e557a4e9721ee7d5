import { asReference, reference } from '@guildhall/kit/entities'
import { type Outcome, payload } from '@guildhall/kit/outcome'
import { addFormField } from '../commands/add-form-field.ts'
import { archiveRegistrationForm } from '../commands/archive-registration-form.ts'
import { createRegistrationForm, type TokenedForm } from '../commands/create-registration-form.ts'
import { moveFormField } from '../commands/move-form-field.ts'
import { removeFormField } from '../commands/remove-form-field.ts'
import { renewRegistrationFormToken } from '../commands/renew-registration-form-token.ts'
import { updateFormField } from '../commands/update-form-field.ts'
import { updateRegistration } from '../commands/update-registration.ts'
import { updateRegistrationForm } from '../commands/update-registration-form.ts'
import { type AnswerValue, kindOf } from '../domain/answer-value.ts'
import { formState } from '../domain/form-draft.ts'
import { formByToken } from '../forms/loaders.ts'
import { visibleAnswers } from '../forms/visible-answers.ts'
import type {
  EventAttendeeResolvers,
  EventResolvers,
  FormConditionResolvers,
  FormFieldResolvers,
  MutationResolvers,
  QueryResolvers,
  RegistrationAnswerResolvers,
  RegistrationFormResolvers,
  RegistrationResolvers,
} from '../generated/graphql.ts'
import type { RegistrationAnswerRow } from '../tables.ts'

export const Query: QueryResolvers = {
  registrationForm: async (_, { id, token }, ctx) =>
    (await ctx.loaders.registrationForm.load(id)) ?? (token == null ? null : formByToken(ctx, id, token)),
}

export const Mutation: MutationResolvers = {
  createRegistrationForm: async (_, { input }, ctx) => withToken(await createRegistrationForm(ctx, input)),
  updateRegistrationForm: async (_, { input }, ctx) =>
    payload('registrationForm', await updateRegistrationForm(ctx, input)),
  archiveRegistrationForm: async (_, { input }, ctx) =>
    payload('registrationForm', await archiveRegistrationForm(ctx, input)),
  renewRegistrationFormToken: async (_, { input }, ctx) =>
    withToken(await renewRegistrationFormToken(ctx, input)),
  addFormField: async (_, { input }, ctx) => payload('formField', await addFormField(ctx, input)),
  updateFormField: async (_, { input }, ctx) => payload('formField', await updateFormField(ctx, input)),
  removeFormField: async (_, { input }, ctx) => payload('formField', await removeFormField(ctx, input)),
  updateRegistration: async (_, { input }, ctx) =>
    payload('registration', await updateRegistration(ctx, input)),
  moveFormField: async (_, { input }, ctx) => payload('formField', await moveFormField(ctx, input)),
}

const withToken = (outcome: Outcome<TokenedForm>) =>
  outcome.ok
    ? { ...outcome.value, userErrors: [] }
    : { registrationForm: null, token: null, userErrors: outcome.failures }

export const Event: EventResolvers = {
  __resolveReference: asReference,
  registrationForms: async ({ id }, _, ctx) => {
    const event = await ctx.loaders.eventSeats.load(id)
    return event && ctx.loaders.formsOfEvent.load(id)
  },
  attendees: async ({ id }, { first, after }, ctx) => {
    const event = await ctx.loaders.eventSeats.load(id)
    return (
      event &&
      ctx.loaders.attendeesOfEvent.load({ parentId: id, page: { first: first ?? 20, after }, filter: null })
    )
  },
}

export const EventAttendee: EventAttendeeResolvers = {
  user: ({ userId }) => reference('User', userId),
}

export const RegistrationForm: RegistrationFormResolvers = {
  __resolveReference: async ({ id }, ctx) => ctx.loaders.registrationForm.load(id),
  placesLeft: ({ capacity, taken }) => (capacity === null ? null : capacity - taken),
  state: async (form, _, ctx) => {
    const event = await ctx.loaders.eventSeats.load(form.eventId)
    return event ? formState(form, event, ctx.now()) : 'CLOSED'
  },
  event: ({ eventId }) => reference('Event', eventId),
  fields: ({ id }, _, ctx) => ctx.loaders.fieldsOfForm.load(id),
}

export const FormField: FormFieldResolvers = {
  __resolveReference: async ({ id }, ctx) => {
    const field = await ctx.loaders.formField.load(id)
    return field && (await ctx.loaders.registrationForm.load(field.formId)) ? field : null
  },
  choices: async ({ id, choices }, _, ctx) => {
    const counts = choices.length > 0 ? await ctx.loaders.choiceCounts.load(id) : []
    const byValue = new Map(counts.map((row) => [row.value, row]))
    return choices.map((choice) => {
      const { places = null, taken = 0 } = byValue.get(choice.value) ?? {}
      return { ...choice, places, placesLeft: places === null ? null : places - taken }
    })
  },
  showIf: ({ formId, showIf }) => showIf.map((condition) => ({ ...condition, formId })),
}

export const FormCondition: FormConditionResolvers = {
  field: async ({ formId, fieldId }, _, ctx) => {
    const field = (await ctx.loaders.fieldsOfForm.load(formId)).find(({ id }) => id === fieldId)
    if (!field) throw new Error(`form ${formId} has a condition on ${fieldId}, which it does not ask`)
    return field
  },
}

export const Registration: RegistrationResolvers = {
  form: ({ formId }, _, ctx) => (formId === null ? null : ctx.loaders.registrationForm.load(formId)),
  answers: (registration, _, ctx) => visibleAnswers(ctx, registration),
}

export const RegistrationAnswer: RegistrationAnswerResolvers = {
  field: async ({ fieldId }, _, ctx) => {
    const field = await ctx.loaders.formField.load(fieldId)
    if (!field) throw new Error(`question ${fieldId} was answered and is gone`)
    return field
  },
  label: ({ definition }) => definition.label,
  type: ({ definition }) => definition.type,
  text: (answer) => answered<string>(answer, 'text'),
  number: (answer) => answered<number>(answer, 'number'),
  isTrue: (answer) => answered<boolean>(answer, 'isTrue'),
  date: (answer) => answered<string>(answer, 'date'),
  choices: (answer) => {
    const labels = new Map(answer.definition.choices.map(({ value, label }) => [value, label]))
    return (
      answered<string[]>(answer, 'choices')?.map((value) => ({ value, label: labels.get(value) ?? value })) ??
      null
    )
  },
}

/** The value, if it is of this kind: that follows from the type the question had. */
const answered = <Value extends AnswerValue>(
  { definition, value }: RegistrationAnswerRow,
  kind: ReturnType<typeof kindOf>,
): Value | null => (kindOf(definition) === kind ? (value as Value) : null)
