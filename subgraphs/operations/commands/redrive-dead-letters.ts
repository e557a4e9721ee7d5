import type { Outcome } from '@guildhall/kit/outcome'
import type { RedriveDeadLettersInput } from '../generated/graphql.ts'
import type { Ctx } from '../loaders.ts'
import type { OperatorActRow } from '../tables.ts'
import { tendDeadLetters } from './tend-dead-letters.ts'

/** Lets dead letters be tried again, once their cause is mended. */
export const redriveDeadLetters = (
  ctx: Ctx,
  input: RedriveDeadLettersInput,
): Promise<Outcome<OperatorActRow>> => tendDeadLetters(ctx, 'REDRIVE', input)
