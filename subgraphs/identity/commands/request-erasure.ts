import { done, type Failure, failed, type Outcome } from '@guildhall/kit/outcome'
import type { ErasureBlocker } from '@guildhall/kit/privacy'
import { noAccount } from '../accounts/no-account.ts'
import { graceDays } from '../domain/privacy.ts'
import { daysAfter } from '../domain/refresh-token.ts'
import type { RequestErasureInput } from '../generated/graphql.ts'
import type { Ctx } from '../loaders.ts'
import { blockersOf } from '../privacy/ask-domains.ts'
import { openErasureOf } from '../privacy/erasures.ts'
import { recordSecurity } from '../security/security-log.ts'
import { type ErasureRow, erasures } from '../tables.ts'

/** Asks to be forgotten, unless a domain has something to be settled first. Asked twice, it is one wish. */
export async function requestErasure(ctx: Ctx, input: RequestErasureInput): Promise<Outcome<ErasureRow>> {
  const { userId } = ctx.requireViewer()
  ctx.requireStepUp()
  const blockers = await blockersOf(ctx, userId)
  if (blockers.length > 0) return failed(blocked(blockers))
  return ctx.transaction(
    'requestErasure',
    async (tx) => {
      const now = ctx.now()
      const [requested] = await tx
        .insert(erasures)
        .values({ id: ctx.newId('ers'), userId, createdAt: now, runsAt: daysAfter(now, graceDays) })
        .onConflictDoNothing()
        .returning()
      if (requested) {
        await recordSecurity(ctx, tx, { userId, kind: 'ERASURE_REQUESTED' })
        return done(requested)
      }
      const open = await openErasureOf(tx, userId)
      if (!open) throw new Error('the erasure that stood in the way is gone')
      return done(open)
    },
    { erasure_user_id_user_id_fk: noAccount },
    input,
  )
}

const blocked = (blockers: ErasureBlocker[]): Failure => ({
  __typename: 'ErasureBlockedError',
  code: 'ERASURE_BLOCKED',
  message: 'Something has to be settled first.',
  path: ['input'],
  blockers,
})
