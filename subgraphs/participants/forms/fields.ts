import { anyOf } from '@guildhall/kit/any-of'
import type { Context, Transaction } from '@guildhall/kit/context'
import { and, asc, eq, isNull, type SQL } from 'drizzle-orm'
import type { FormFieldFacts } from '../domain/field-definition.ts'
import { formFields, formFieldVersions, type RegistrationFormRow, registrationForms } from '../tables.ts'

type Reader = Pick<Context['db'], 'select'>

/** Questions as they are asked now, each with what its latest version says, in the order of their forms. */
export async function selectFields(db: Reader, where: SQL | undefined): Promise<FormFieldFacts[]> {
  const rows = await db
    .select({ field: formFields, definition: formFieldVersions.definition })
    .from(formFields)
    .innerJoin(
      formFieldVersions,
      and(eq(formFieldVersions.fieldId, formFields.id), eq(formFieldVersions.version, formFields.version)),
    )
    .where(where)
    .orderBy(asc(formFields.formId), asc(formFields.position), asc(formFields.id))
  return rows.map(({ field, definition }) => ({
    ...definition,
    id: field.id,
    formId: field.formId,
    key: field.key,
    position: field.position,
    version: field.version,
    archivedAt: field.archivedAt,
  }))
}

/** The questions that forms ask now. */
export const fieldsOfForms = (db: Reader, formIds: readonly string[]): Promise<FormFieldFacts[]> =>
  selectFields(db, and(anyOf(formFields.formId, formIds), isNull(formFields.archivedAt)))

/** Locks a form for a change of it or of its questions: one after the other, and none while somebody registers. */
export async function lockForm(tx: Transaction, id: string): Promise<RegistrationFormRow> {
  const [form] = await tx.select().from(registrationForms).where(eq(registrationForms.id, id)).for('update')
  if (!form) throw new Error(`form ${id} is gone`)
  return form
}
