import type { Outcome } from '@guildhall/kit/outcome'
import type { DiscardDeadLettersInput } from '../generated/graphql.ts'
import type { Ctx } from '../loaders.ts'
import type { OperatorActRow } from '../tables.ts'
import { tendDeadLetters } from './tend-dead-letters.ts'

/** Gives dead letters up for good. What they would have done is lost, hence the fresh proof. */
export async function discardDeadLetters(
  ctx: Ctx,
  input: DiscardDeadLettersInput,
): Promise<Outcome<OperatorActRow>> {
  ctx.requireStepUp()
  return tendDeadLetters(ctx, 'DISCARD', input)
}
