import { typeId } from '@guildhall/kit/columns'
import { customType, foreignKey, index, integer, primaryKey } from 'drizzle-orm/pg-core'
import type { AnswerValue } from '../domain/answer-value.ts'
import type { FieldDefinition } from '../domain/field-definition.ts'
import { formFieldVersions } from './forms.ts'
import { registrations } from './registrations.ts'
import { participantsSchema } from './schema.ts'

/** As the driver reads it. The library's own type reads text once more, and makes a number of the text "42". */
const answerValue = customType<{ data: AnswerValue }>({ dataType: () => 'jsonb' })

/** What somebody answered, and to which version of the question. */
export const registrationAnswers = participantsSchema.table(
  'registration_answer',
  {
    registrationId: typeId('reg')
      .notNull()
      .references(() => registrations.id),
    fieldId: typeId('fld').notNull(),
    fieldVersion: integer().notNull(),
    /** Text, a number, a boolean, or the values of choices. */
    value: answerValue().notNull(),
  },
  (t) => [
    primaryKey({ name: 'registration_answer_once', columns: [t.registrationId, t.fieldId] }),
    foreignKey({
      name: 'registration_answer_version',
      columns: [t.fieldId, t.fieldVersion],
      foreignColumns: [formFieldVersions.fieldId, formFieldVersions.version],
    }),
    index('registration_answer_by_version').on(t.fieldId, t.fieldVersion),
  ],
)

/** An answer with what the question said when it was given. */
export interface RegistrationAnswerRow {
  registrationId: string
  fieldId: string
  fieldVersion: number
  value: AnswerValue
  definition: FieldDefinition
}
