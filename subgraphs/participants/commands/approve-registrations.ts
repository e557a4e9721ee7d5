import type { Outcome } from '@guildhall/kit/outcome'
import type { ApproveRegistrationsInput } from '../generated/graphql.ts'
import type { Ctx } from '../loaders.ts'
import { type Reviewed, reviewMany } from '../review.ts'
import { approve } from './approve-registration.ts'

/** A reviewer lets many in; each is answered for itself. */
export const approveRegistrations = (
  ctx: Ctx,
  input: ApproveRegistrationsInput,
): Promise<Outcome<Reviewed>> => reviewMany(ctx, 'approveRegistrations', input, approve)
