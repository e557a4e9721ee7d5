import { done, failed, type Outcome } from '@guildhall/kit/outcome'
import { illegalTransition } from '@guildhall/kit/state-machine'
import { and, eq, gt } from 'drizzle-orm'
import contract from '../contract.ts'
import { erasureLife } from '../domain/privacy.ts'
import type { CancelErasureInput } from '../generated/graphql.ts'
import type { Ctx } from '../loaders.ts'
import { openErasureOf } from '../privacy/erasures.ts'
import { recordSecurity } from '../security/security-log.ts'
import { type ErasureRow, erasures } from '../tables.ts'

/** Takes the wish back. Of this and the beginning of the erasure, one statement wins. */
export async function cancelErasure(ctx: Ctx, input: CancelErasureInput): Promise<Outcome<ErasureRow>> {
  const { userId } = ctx.requireViewer()
  return ctx.transaction(
    'cancelErasure',
    async (tx) => {
      const now = ctx.now()
      const [cancelled] = await tx
        .update(erasures)
        .set({ status: 'CANCELLED', finishedAt: now })
        .where(and(eq(erasures.userId, userId), eq(erasures.status, 'GRACE'), gt(erasures.runsAt, now)))
        .returning()
      if (cancelled) {
        await recordSecurity(ctx, tx, { userId, kind: 'ERASURE_CANCELLED' })
        return done(cancelled)
      }
      const open = await openErasureOf(tx, userId)
      return open
        ? failed(illegalTransition(erasureLife, 'RUNNING', 'CANCELLED', ['input']))
        : failed(contract.failure('NOT_FOUND', 'You have not asked to be forgotten.', ['input']))
    },
    {},
    input,
  )
}
