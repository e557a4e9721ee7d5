import type { Transaction } from '@guildhall/kit/context'
import { and, eq, lt, notExists, notInArray, sql } from 'drizzle-orm'
import type { FieldDefinition, FormFieldFacts } from '../domain/field-definition.ts'
import type { FormChoiceInput } from '../generated/graphql.ts'
import type { Ctx } from '../loaders.ts'
import { formChoices, formFields, formFieldVersions, registrationAnswers } from '../tables.ts'
import { uuids } from './uuids.ts'

/** Writes what a question says from now on, and the places of its choices; null: they stay as they are. */
export async function saveVersion(
  ctx: Ctx,
  tx: Transaction,
  field: FormFieldFacts,
  choices: readonly FormChoiceInput[] | null,
): Promise<void> {
  await tx.insert(formFieldVersions).values({
    fieldId: field.id,
    version: field.version,
    definition: definitionOf(field),
    createdAt: ctx.now(),
  })
  if (choices) await saveChoices(tx, field.id, choices)
  const answered = tx
    .select({ one: sql`1` })
    .from(registrationAnswers)
    .where(
      and(
        eq(registrationAnswers.fieldId, formFieldVersions.fieldId),
        eq(registrationAnswers.fieldVersion, formFieldVersions.version),
      ),
    )
  await tx
    .delete(formFieldVersions)
    .where(
      and(
        eq(formFieldVersions.fieldId, field.id),
        lt(formFieldVersions.version, field.version),
        notExists(answered),
      ),
    )
}

/** Who took a choice that is offered no more keeps it, and its place is counted on. */
async function saveChoices(tx: Transaction, fieldId: string, choices: readonly FormChoiceInput[]) {
  const values = choices.map(({ value }) => value.trim())
  await tx
    .delete(formChoices)
    .where(
      and(
        eq(formChoices.fieldId, fieldId),
        eq(formChoices.taken, 0),
        values.length > 0 ? notInArray(formChoices.value, values) : undefined,
      ),
    )
  if (choices.length === 0) return
  await tx
    .insert(formChoices)
    .values(choices.map(({ value, places }) => ({ fieldId, value: value.trim(), places: places ?? null })))
    .onConflictDoUpdate({
      target: [formChoices.fieldId, formChoices.value],
      set: { places: sql`excluded.places` },
    })
}

/** Numbers the questions of a form as they stand in the list. */
export async function savePositions(tx: Transaction, fields: readonly FormFieldFacts[]): Promise<void> {
  const ids = uuids(
    formFields.id,
    fields.map(({ id }) => id),
  )
  await tx
    .update(formFields)
    .set({ position: sql`placed.position` })
    .from(sql`unnest(${ids}::uuid[]) with ordinality as placed(id, position)`)
    .where(eq(formFields.id, sql`placed.id`))
}

const definitionOf = ({
  label,
  help,
  type,
  isRequired,
  constraints,
  choices,
  showIf,
  isAskedAtCheckIn,
  isIdentifying,
}: FieldDefinition): FieldDefinition => ({
  label,
  help,
  type,
  isRequired,
  constraints,
  choices,
  showIf,
  isAskedAtCheckIn,
  isIdentifying,
})
