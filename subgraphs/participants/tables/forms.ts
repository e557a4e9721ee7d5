import { identified, instant, timestamps, typeId, versioned } from '@guildhall/kit/columns'
import { sql } from 'drizzle-orm'
import { boolean, check, index, integer, jsonb, primaryKey, text, uniqueIndex } from 'drizzle-orm/pg-core'
import type { FieldCondition, FieldDefinition, FormFieldFacts } from '../domain/field-definition.ts'
import { eventSeats } from './event-seats.ts'
import { participantsSchema, registrationCategory } from './schema.ts'

/** Ways to register for an event. Each event has one that counts when none is named. */
export const registrationForms = participantsSchema.table(
  'registration_form',
  {
    ...identified('frm'),
    eventId: typeId('evt')
      .notNull()
      .references(() => eventSeats.id),
    organizationId: typeId('org').notNull(),
    title: text().notNull(),
    description: text(),
    category: registrationCategory().notNull(),
    opensAt: instant(),
    closesAt: instant(),
    /** Registrations with this form that are not over, at most; null: no limit but that of the event. */
    capacity: integer(),
    taken: integer().notNull().default(0),
    /** Null: as the event has it. */
    approvalMode: text({ enum: ['AUTO', 'MANUAL'] }),
    modificationMode: text({ enum: ['ALWAYS', 'UNTIL_APPROVED', 'NEVER'] }).notNull(),
    isApprovalResetOnModification: boolean().notNull(),
    isPrivate: boolean().notNull(),
    /** SHA-256 of what opens a private form. */
    tokenHash: text(),
    isReviewBlind: boolean().notNull(),
    /** Days after the end of the event; null: answers are kept. */
    retentionDays: integer(),
    isDefault: boolean().notNull().default(false),
    archivedAt: instant(),
    /** Counts every change of the form and of its questions. */
    ...versioned,
    ...timestamps,
  },
  (t) => [
    check(
      'registration_form_within_capacity',
      sql`${t.taken} between 0 and coalesce(${t.capacity}, ${t.taken})`,
    ),
    check('registration_form_private_has_token', sql`not ${t.isPrivate} or ${t.tokenHash} is not null`),
    check(
      'registration_form_default_is_open',
      sql`not ${t.isDefault} or (not ${t.isPrivate} and ${t.archivedAt} is null)`,
    ),
    uniqueIndex('registration_form_one_default').on(t.eventId).where(sql`${t.isDefault}`),
    index('registration_form_by_event').on(t.eventId, t.createdAt, t.id),
    index('registration_form_forgets').on(t.eventId).where(sql`${t.retentionDays} is not null`),
  ],
)

/** The questions of a form. What they say stands in their versions. */
export const formFields = participantsSchema.table(
  'form_field',
  {
    ...identified('fld'),
    formId: typeId('frm')
      .notNull()
      .references(() => registrationForms.id),
    key: text().notNull(),
    position: integer().notNull(),
    archivedAt: instant(),
    ...versioned,
    ...timestamps,
  },
  (t) => [
    uniqueIndex('form_field_key_once').on(t.formId, t.key).where(sql`${t.archivedAt} is null`),
    index('form_field_by_form').on(t.formId, t.position, t.id),
  ],
)

/** What a question said: never changed, so that answers stay readable. Versions that nobody answered may go. */
export const formFieldVersions = participantsSchema.table(
  'form_field_version',
  {
    fieldId: typeId('fld')
      .notNull()
      .references(() => formFields.id),
    version: integer().notNull(),
    definition: jsonb().$type<FieldDefinition>().notNull(),
    createdAt: instant().notNull(),
  },
  (t) => [primaryKey({ name: 'form_field_version_once', columns: [t.fieldId, t.version] })],
)

/** How often a choice was taken by registrations that are not over. A choice that is offered no more keeps its row. */
export const formChoices = participantsSchema.table(
  'form_choice',
  {
    fieldId: typeId('fld')
      .notNull()
      .references(() => formFields.id),
    value: text().notNull(),
    /** Null: no limit. */
    places: integer(),
    taken: integer().notNull().default(0),
  },
  (t) => [
    primaryKey({ name: 'form_choice_once', columns: [t.fieldId, t.value] }),
    check('form_choice_within_places', sql`${t.taken} between 0 and coalesce(${t.places}, ${t.taken})`),
  ],
)

export type RegistrationFormRow = typeof registrationForms.$inferSelect
export type FormFieldVersionRow = typeof formFieldVersions.$inferSelect
export type FormChoiceCountRow = typeof formChoices.$inferSelect
export type FormFieldRow = FormFieldFacts
export type FormConditionRow = FieldCondition & { formId: string }
