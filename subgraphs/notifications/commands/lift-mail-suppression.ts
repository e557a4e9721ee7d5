import { isId } from '@guildhall/kit/ids'
import { done, failed, type Outcome } from '@guildhall/kit/outcome'
import { eq } from 'drizzle-orm'
import contract from '../contract.ts'
import type { LiftMailSuppressionInput } from '../generated/graphql.ts'
import type { Ctx } from '../loaders.ts'
import { mailSuppressions } from '../tables.ts'

/** Takes an address off the list; what was skipped for it stays skipped. */
export async function liftMailSuppression(ctx: Ctx, input: LiftMailSuppressionInput): Promise<Outcome<true>> {
  ctx.require('notifications:operate', { organizationId: null })
  return ctx.transaction(
    'liftMailSuppression',
    async (tx) => {
      const lifted = isId('msp', input.id)
        ? await tx
            .delete(mailSuppressions)
            .where(eq(mailSuppressions.id, input.id))
            .returning({ id: mailSuppressions.id })
        : []
      return lifted.length > 0
        ? done(true as const)
        : failed(contract.failure('NOT_FOUND', 'There is no such entry.', ['input', 'id']))
    },
    {},
    input,
  )
}
