import type { Transaction } from '@guildhall/kit/context'
import { Conflict } from '@guildhall/kit/errors'
import { done, type Failure, failed, type Outcome } from '@guildhall/kit/outcome'
import contract from '../contract.ts'
import type { GivenAnswer } from '../domain/answer-value.ts'
import { type CheckedAnswer, checkAnswers } from '../domain/answers.ts'
import type { FormFieldFacts } from '../domain/field-definition.ts'
import { formWindow } from '../domain/form-draft.ts'
import { searchableText } from '../domain/searchable.ts'
import type { Ctx } from '../loaders.ts'
import type { EventSeatsRow, RegistrationFormRow } from '../tables.ts'
import { ensureDefaultForm } from './default-form.ts'
import { fieldsOfForms } from './fields.ts'
import { formByToken } from './loaders.ts'

/** A form as somebody met it: it may have changed by the time that they are let in. */
export interface MetForm {
  form: RegistrationFormRow
  fields: FormFieldFacts[]
}

/** What somebody who is let in brings along. */
interface Entered {
  form: RegistrationFormRow
  answers: CheckedAnswer[]
  searchText: string | null
}

/** The form that somebody registers with: the named one, or the event's default. */
export async function meetForm(
  ctx: Ctx,
  event: EventSeatsRow,
  { formId, formToken }: { formId?: string | null | undefined; formToken?: string | null | undefined },
): Promise<MetForm | null> {
  const form =
    formId == null ? await defaultForm(ctx, event) : await namedForm(ctx, formId, formToken ?? null)
  if (form?.eventId !== event.id) return null
  return { form, fields: await ctx.loaders.fieldsOfForm.load(form.id) }
}

/**
 * Judges the answers by the questions that the form asks now, those that were read before if they are the same.
 *
 * @param form of which a place was taken; null: it was full.
 */
export async function enterForm(
  ctx: Ctx,
  tx: Transaction,
  met: MetForm,
  form: RegistrationFormRow | null,
  given: readonly GivenAnswer[],
): Promise<Outcome<Entered>> {
  if (!form) return failed(met.form.archivedAt ? closed() : full())
  if (form.approvalMode !== met.form.approvalMode)
    throw new Conflict('The form was changed meanwhile, try again.')
  const state = formWindow(form, ctx.now())
  if (state === 'CLOSED') return failed(closed())
  if (state === 'NOT_YET_OPEN') {
    return failed(contract.failure('REGISTRATION_NOT_OPEN', 'The form has not opened yet.', path))
  }
  const fields = form.version === met.form.version ? met.fields : await fieldsOfForms(tx, [form.id])
  const { answers, problems } = checkAnswers(fields, given)
  return problems.length > 0
    ? failed(...problems)
    : done({ form, answers, searchText: searchableText(fields, answers) })
}

async function defaultForm(ctx: Ctx, event: EventSeatsRow): Promise<RegistrationFormRow | null> {
  const form = await ctx.loaders.defaultForm.load(event.id)
  if (form) return form
  await ctx.transaction('makeDefaultForm', async (tx) => done(await ensureDefaultForm(tx, event, ctx.now())))
  return ctx.loaders.defaultForm.clear(event.id).load(event.id)
}

/** Who has registered with a private form before has seen it, and still needs the token to come in again. */
async function namedForm(
  ctx: Ctx,
  formId: string,
  token: string | null,
): Promise<RegistrationFormRow | null> {
  if (token !== null) {
    const opened = await formByToken(ctx, formId, token)
    if (opened) return opened
  }
  const form = await ctx.loaders.registrationForm.load(formId)
  return form?.isPrivate ? null : form
}

const path = ['input', 'formId']
const closed = (): Failure => contract.failure('REGISTRATION_CLOSED', 'The form is closed.', path)
const full = (): Failure => contract.failure('FORM_FULL', 'All places of the form are taken.', path)
