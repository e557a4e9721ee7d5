import type { Person, TestOrganization, World } from '@guildhall/kit/testing/world'
import { and, eq } from 'drizzle-orm'
import { formChoices, registrationForms } from '../tables.ts'
import { one } from './support.ts'

export interface SeenForm {
  id: string
  version: number
}

/** The code of the first user error, or what was made. */
export async function made<T>(
  person: Person,
  mutation: string,
  input: object,
  field: string,
  selection = 'id version',
): Promise<T> {
  const payload = await person.mutate<Record<string, T>>(mutation, input, `${field} { ${selection} }`)
  if (payload.userErrors.length > 0) throw new Error(JSON.stringify(payload.userErrors))
  return payload[field] as T
}

/** Codes with the rest of their paths, such as `ANSWER_REQUIRED answers.fld_…`. */
export async function refused(person: Person, mutation: string, input: object): Promise<string[]> {
  const { userErrors } = await person.mutate(mutation, input, '__typename')
  return userErrors.map(({ code, path }) => `${code} ${path.slice(1).join('.')}`.trim())
}

export const defaultFormOf = (world: World, eventId: string) =>
  one(
    world.rows(
      registrationForms,
      and(eq(registrationForms.eventId, eventId), eq(registrationForms.isDefault, true)),
    ),
  )

export const makeForm = (
  organization: TestOrganization,
  eventId: string,
  over: object = {},
): Promise<SeenForm> =>
  made(
    organization.as('ORGANIZER'),
    'createRegistrationForm',
    { eventId, title: 'Mentors', ...over },
    'registrationForm',
  )

export const ask = (
  organization: TestOrganization,
  formId: string,
  over: { key: string } & Record<string, unknown>,
): Promise<SeenForm> =>
  made(
    organization.as('ORGANIZER'),
    'addFormField',
    { formId, label: `What about ${over.key}?`, type: 'TEXT', ...over },
    'formField',
  )

/** Sizes of T-shirts; of M there are so many. */
export const sizes = (places: number | null) => ({
  key: 'size',
  type: 'SINGLE_CHOICE',
  choices: [
    { value: 's', label: 'S' },
    { value: 'm', label: 'M', places },
    { value: 'l', label: 'L' },
  ],
})

/** How many took each choice. */
export async function takenOf(world: World, fieldId: string): Promise<Record<string, number>> {
  const rows = await world.rows(formChoices, eq(formChoices.fieldId, fieldId))
  return Object.fromEntries(rows.map(({ value, taken }) => [value, taken]))
}

export const formOf = (world: World, id: string) =>
  one(world.rows(registrationForms, eq(registrationForms.id, id)))

/** How often each occurs. */
export const tally = (words: readonly string[]): Record<string, number> =>
  Object.fromEntries([...Map.groupBy(words, (word) => word)].map(([word, all]) => [word, all.length]))
