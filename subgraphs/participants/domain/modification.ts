import type { RegistrationFormRow, RegistrationRow } from '../tables.ts'
import type { RegistrationStatus } from './registration-status.ts'

/** Reviewers have let these in, and they have not come yet. */
const approved: readonly RegistrationStatus[] = ['WAITLISTED', 'OFFERED', 'CONFIRMED']

/** Whether participants may change what they answered or wrote. Who was there before forms may. */
export function isModifiable(
  form: Pick<RegistrationFormRow, 'modificationMode'> | null,
  { status }: Pick<RegistrationRow, 'status'>,
): boolean {
  const mode = form?.modificationMode ?? 'ALWAYS'
  if (mode === 'NEVER') return false
  return status === 'PENDING_APPROVAL' || (mode === 'ALWAYS' && approved.includes(status))
}

/** Whether reviewers decide again once something has been changed. */
export const waitsAgain = (
  form: Pick<RegistrationFormRow, 'isApprovalResetOnModification'> | null,
  { status }: Pick<RegistrationRow, 'status'>,
): boolean => form?.isApprovalResetOnModification === true && approved.includes(status)
