import type { Failure } from '@guildhall/kit/outcome'
import { line, problemsOf, prose } from '@guildhall/kit/validate'
import { z } from 'zod'
import type { EventSeatsRow, RegistrationFormRow } from '../tables.ts'
import { type RegistrationState, windowState } from './registration-window.ts'

/** The part of a form that organizers write. */
export type FormDraft = Pick<
  RegistrationFormRow,
  | 'title'
  | 'description'
  | 'category'
  | 'opensAt'
  | 'closesAt'
  | 'capacity'
  | 'approvalMode'
  | 'modificationMode'
  | 'isApprovalResetOnModification'
  | 'isPrivate'
  | 'isReviewBlind'
  | 'retentionDays'
>

export const formsMax = 20

/** What a form is when nothing else was said. */
export const plainForm: FormDraft = {
  title: 'Registration',
  description: null,
  category: 'PARTICIPANT',
  opensAt: null,
  closesAt: null,
  capacity: null,
  approvalMode: null,
  modificationMode: 'ALWAYS',
  isApprovalResetOnModification: false,
  isPrivate: false,
  isReviewBlind: false,
  retentionDays: null,
}

type Window = Pick<EventSeatsRow, 'registrationOpensAt' | 'registrationClosesAt' | 'endsAt'>

const texts = z.object({
  title: line(200),
  description: prose(5_000).nullable(),
  capacity: z.int().min(1).max(1_000_000).nullable(),
  retentionDays: z.int().min(0).max(3_650).nullable(),
})

/** Every reason why a form cannot be like this. Should the event move later, both its hours and those of the form count. */
export const formProblems = (form: FormDraft, event: Window): Failure[] => problemsOf(within(event), form)

const within = (event: Window) =>
  texts
    .extend({ opensAt: z.date().nullable(), closesAt: z.date().nullable() })
    .superRefine((form, issues) => {
      const refuse = (path: string, message: string) =>
        issues.addIssue({ code: 'custom', path: [path], message, params: { code: 'INVALID_TIME_RANGE' } })
      const { opensAt, closesAt } = form
      const last = event.registrationClosesAt ?? event.endsAt
      if (closesAt && closesAt > last) refuse('closesAt', 'Must not lie after the end of registration.')
      if (opensAt && event.registrationOpensAt && opensAt < event.registrationOpensAt) {
        refuse('opensAt', 'Must not lie before registration opens.')
      }
      if (opensAt && opensAt >= (closesAt ?? last)) refuse('opensAt', 'Must lie before the form closes.')
    })

/** Whether a form takes registrations at this hour, as far as it decides itself. */
export function formWindow(
  { opensAt, closesAt, archivedAt }: Pick<RegistrationFormRow, 'opensAt' | 'closesAt' | 'archivedAt'>,
  now: Date,
): 'NOT_YET_OPEN' | 'OPEN' | 'CLOSED' {
  if (archivedAt || (closesAt && now >= closesAt)) return 'CLOSED'
  return opensAt && now < opensAt ? 'NOT_YET_OPEN' : 'OPEN'
}

/** What a newcomer will meet with this form, seats of the event apart. */
export function formState(
  form: Parameters<typeof formWindow>[0] & Pick<RegistrationFormRow, 'capacity' | 'taken'>,
  event: Parameters<typeof windowState>[0],
  now: Date,
): RegistrationState {
  const states = [windowState(event, now), formWindow(form, now)]
  if (states.includes('CLOSED')) return 'CLOSED'
  if (states.includes('NOT_YET_OPEN')) return 'NOT_YET_OPEN'
  return form.capacity !== null && form.taken >= form.capacity ? 'FULL' : 'OPEN'
}
