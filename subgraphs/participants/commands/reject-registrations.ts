import { failed, type Outcome } from '@guildhall/kit/outcome'
import type { RejectRegistrationsInput } from '../generated/graphql.ts'
import type { Ctx } from '../loaders.ts'
import { type Reviewed, reviewMany } from '../review.ts'
import { reasonProblems, reject } from './reject-registration.ts'

/** A reviewer turns many down for one reason; each is answered for itself. */
export async function rejectRegistrations(
  ctx: Ctx,
  input: RejectRegistrationsInput,
): Promise<Outcome<Reviewed>> {
  const problems = reasonProblems(input)
  if (problems.length > 0) return failed(...problems)
  return reviewMany(ctx, 'rejectRegistrations', input, reject(input.reason))
}
