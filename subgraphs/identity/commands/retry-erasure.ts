import { isId } from '@guildhall/kit/ids'
import { done, failed, type Outcome } from '@guildhall/kit/outcome'
import { illegalTransition } from '@guildhall/kit/state-machine'
import { and, eq } from 'drizzle-orm'
import contract from '../contract.ts'
import { erasureLife } from '../domain/privacy.ts'
import type { RetryErasureInput } from '../generated/graphql.ts'
import type { Ctx } from '../loaders.ts'
import { type ErasureRow, erasureSteps, erasures } from '../tables.ts'

const path = ['input', 'id']

/** Lets an erasure go on that was given up; what was acknowledged is not asked for again. */
export async function retryErasure(ctx: Ctx, input: RetryErasureInput): Promise<Outcome<ErasureRow>> {
  ctx.require('users:manage', { organizationId: null })
  const { id } = input
  const unknown = failed(contract.failure('NOT_FOUND', 'There is no such erasure.', path))
  if (!isId('ers', id)) return unknown
  return ctx.transaction(
    'retryErasure',
    async (tx) => {
      const [resumed] = await tx
        .update(erasures)
        .set({ status: 'RUNNING' })
        .where(and(eq(erasures.id, id), eq(erasures.status, 'FAILED')))
        .returning()
      if (!resumed) {
        const [current] = await tx.select().from(erasures).where(eq(erasures.id, id))
        return current ? failed(illegalTransition(erasureLife, current.status, 'RUNNING', path)) : unknown
      }
      await tx
        .update(erasureSteps)
        .set({ attempts: 0, availableAt: ctx.now() })
        .where(and(eq(erasureSteps.erasureId, id), eq(erasureSteps.status, 'PENDING')))
      return done(resumed)
    },
    {},
    input,
  )
}
