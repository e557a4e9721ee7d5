import type { Outcome } from '@guildhall/kit/outcome'
import type { Ctx } from '../loaders.ts'
import type { ProjectRow } from '../tables.ts'

/** What was read of a project for the sake of a command is not what its answer shall show. */
export function changed(ctx: Ctx, outcome: Outcome<ProjectRow>): Outcome<ProjectRow> {
  if (outcome.ok) ctx.loaders.forget(outcome.value.id)
  return outcome
}
