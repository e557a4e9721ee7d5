import { anyOf } from '@guildhall/kit/any-of'
import type { Transaction } from '@guildhall/kit/context'
import type { Failure } from '@guildhall/kit/outcome'
import { illegalTransition } from '@guildhall/kit/state-machine'
import { eq } from 'drizzle-orm'
import contract from '../contract.ts'
import { registrationLife } from '../domain/registration-status.ts'
import { isDecidable, type RegistrationDecision, reachedBy } from '../domain/staged-decision.ts'
import type { Reviewed } from '../review.ts'
import { type RegistrationRow, registrations, stagedDecisions } from '../tables.ts'

/** Why decisions could not be noted: what the registrations are now, or the release that has them. */
export async function whyNotStaged(
  tx: Transaction,
  rows: readonly RegistrationRow[],
  decision: RegistrationDecision,
): Promise<Reviewed['failed']> {
  if (rows.length === 0) return []
  const ids = rows.map(({ id }) => id)
  const current = await tx
    .select({ id: registrations.id, status: registrations.status, releaseId: stagedDecisions.releaseId })
    .from(registrations)
    .leftJoin(stagedDecisions, eq(stagedDecisions.registrationId, registrations.id))
    .where(anyOf(registrations.id, ids))
  return current.map(({ id, status }) => {
    const { code, message } = isDecidable(status, decision)
      ? releaseInProgress
      : illegalTransition(registrationLife, status, reachedBy[decision])
    return { id, code, message }
  })
}

export const releaseInProgress: Failure = contract.failure(
  'RELEASE_IN_PROGRESS',
  'The decision is being released.',
)
