import { anyOf } from '@guildhall/kit/any-of'
import type { Context } from '@guildhall/kit/context'
import { isId } from '@guildhall/kit/ids'
import { byId, byParent } from '@guildhall/kit/loaders'
import DataLoader from 'dataloader'
import { and, asc, desc, eq, exists, getTableColumns, inArray, isNull, or, type SQL, sql } from 'drizzle-orm'
import type { FormFieldFacts } from '../domain/field-definition.ts'
import { hashOf } from '../domain/token.ts'
import { standing } from '../standing.ts'
import {
  eventSeats,
  type FormChoiceCountRow,
  formChoices,
  formFields,
  formFieldVersions,
  type RegistrationAnswerRow,
  type RegistrationFormRow,
  registrationAnswers,
  registrationForms,
  registrations,
} from '../tables.ts'
import { organizationsWhere, visibleEvents } from '../visibility.ts'
import { attendeesOfEvent } from './attendees.ts'
import { fieldsOfForms, selectFields } from './fields.ts'

/** Batches of forms and their questions. Questions and counters are read for forms that were seen before. */
export const formLoaders = (ctx: Context) => ({
  registrationForm: byId<RegistrationFormRow>(ctx, 'frm', registrationForms, visibleForms(ctx)),
  /** For rules that hold whoever asks. */
  anyRegistrationForm: byId<RegistrationFormRow>(ctx, 'frm', registrationForms),
  defaultForm: defaultForms(ctx),
  formsOfEvent: byParent<RegistrationFormRow>(
    (eventIds) =>
      ctx.db
        .select()
        .from(registrationForms)
        .where(
          and(
            anyOf(registrationForms.eventId, eventIds),
            isNull(registrationForms.archivedAt),
            visibleForms(ctx),
          ),
        )
        .orderBy(
          desc(registrationForms.isDefault),
          asc(registrationForms.createdAt),
          asc(registrationForms.id),
        ),
    (row) => row.eventId,
  ),
  fieldsOfForm: byParent<FormFieldFacts>(
    (formIds) => fieldsOfForms(ctx.db, formIds),
    (field) => field.formId,
  ),
  formField: fields(ctx),
  choiceCounts: byParent<FormChoiceCountRow>(
    (fieldIds) => ctx.db.select().from(formChoices).where(anyOf(formChoices.fieldId, fieldIds)),
    (row) => row.fieldId,
  ),
  attendeesOfEvent: attendeesOfEvent(ctx),
  /** Of registrations that were seen before; who may see which of them, `visibleAnswers` decides. */
  answersOf: byParent<RegistrationAnswerRow>(
    (registrationIds) => answersOfRegistrations(ctx, registrationIds),
    (row) => row.registrationId,
  ),
})

const answersOfRegistrations = (ctx: Context, registrationIds: readonly string[]) =>
  ctx.db
    .select({ ...getTableColumns(registrationAnswers), definition: formFieldVersions.definition })
    .from(registrationAnswers)
    .innerJoin(formFields, eq(formFields.id, registrationAnswers.fieldId))
    .innerJoin(
      formFieldVersions,
      and(
        eq(formFieldVersions.fieldId, registrationAnswers.fieldId),
        eq(formFieldVersions.version, registrationAnswers.fieldVersion),
      ),
    )
    .where(anyOf(registrationAnswers.registrationId, registrationIds))
    .orderBy(asc(registrationAnswers.registrationId), asc(formFields.position), asc(formFields.id))

/**
 * Which forms the caller may see: open ones of events that they see, those they have registered with, and all of events
 * whose registrations they decide on or manage.
 */
function visibleForms(ctx: Context): SQL | undefined {
  if (ctx.caller.kind === 'service') return undefined
  const open = and(
    eq(registrationForms.isPrivate, false),
    isNull(registrationForms.archivedAt),
    ofVisibleEvent(ctx),
  )
  const staffed = [
    ...organizationsWhere(ctx, 'participants:review'),
    ...organizationsWhere(ctx, 'participants:manage'),
  ]
  return or(
    open,
    ownForms(ctx),
    inArray(registrationForms.organizationId, [...new Set(staffed)]),
    inArray(registrationForms.eventId, standing.objects(ctx, 'participants:review')),
    inArray(registrationForms.eventId, standing.objects(ctx, 'participants:manage')),
  )
}

const ofVisibleEvent = (ctx: Context): SQL =>
  exists(
    ctx.db
      .select({ one: sql`1` })
      .from(eventSeats)
      .where(and(eq(eventSeats.id, registrationForms.eventId), visibleEvents(ctx))),
  )

const ownForms = (ctx: Context): SQL | undefined =>
  ctx.viewer
    ? exists(
        ctx.db
          .select({ one: sql`1` })
          .from(registrations)
          .where(
            and(eq(registrations.formId, registrationForms.id), eq(registrations.userId, ctx.viewer.userId)),
          ),
      )
    : undefined

/** A private form for whoever has its token, if they see the event. */
export async function formByToken(
  ctx: Context,
  id: string,
  token: string,
): Promise<RegistrationFormRow | null> {
  if (!isId('frm', id)) return null
  const [form] = await ctx.db
    .select()
    .from(registrationForms)
    .where(
      and(
        eq(registrationForms.id, id),
        eq(registrationForms.tokenHash, hashOf(token)),
        isNull(registrationForms.archivedAt),
        ofVisibleEvent(ctx),
      ),
    )
  return form ?? null
}

/** The form that counts when none is named, of events that were seen before. */
function defaultForms(ctx: Context) {
  return new DataLoader<string, RegistrationFormRow | null>(async (eventIds) => {
    const rows = await ctx.db
      .select()
      .from(registrationForms)
      .where(and(anyOf(registrationForms.eventId, eventIds), eq(registrationForms.isDefault, true)))
    const found = new Map(rows.map((row) => [row.eventId, row]))
    return eventIds.map((id) => found.get(id) ?? null)
  })
}

/** Questions by id, removed ones too; whether they are seen depends on their form. */
function fields(ctx: Context) {
  return new DataLoader<string, FormFieldFacts | null>(async (ids) => {
    const wanted = ids.filter((id) => isId('fld', id))
    const rows = wanted.length > 0 ? await selectFields(ctx.db, anyOf(formFields.id, wanted)) : []
    const found = new Map(rows.map((row) => [row.id, row]))
    return ids.map((id) => found.get(id) ?? null)
  })
}
