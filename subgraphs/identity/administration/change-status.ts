import type { Context, Transaction } from '@guildhall/kit/context'
import { done, failed, type Outcome } from '@guildhall/kit/outcome'
import { illegalTransition } from '@guildhall/kit/state-machine'
import { eq } from 'drizzle-orm'
import { lockAccount } from '../accounts/lock-account.ts'
import contract, { type SecurityEventKind, userStatusChanged } from '../contract.ts'
import { type UserStatus, userLife } from '../domain/user-status.ts'
import { recordSecurity } from '../security/security-log.ts'
import { type UserRow, users } from '../tables.ts'

/** A step in the life of an account. */
export interface StatusChange {
  to: UserStatus
  /** The states from which this step may be taken. */
  from: readonly UserStatus[]
  kind: SecurityEventKind
  reason?: string
}

/** Takes a step, under the lock of the account's row; writes it down, tells other domains, and wakes the routers. */
export async function changeStatus(
  ctx: Context,
  tx: Transaction,
  userId: string,
  { to, from, kind, reason }: StatusChange,
): Promise<Outcome<UserRow>> {
  const before = await lockAccount(tx, userId)
  if (!before) return failed(contract.failure('NOT_FOUND', 'There is no such account.', ['input', 'id']))
  if (!from.includes(before.status)) {
    return failed(illegalTransition(userLife, before.status, to, ['input', 'id']))
  }
  const isSuspended = to === 'SUSPENDED'
  const [after] = await tx
    .update(users)
    .set({
      status: to,
      suspendedAt: isSuspended ? ctx.now() : null,
      suspendedReason: isSuspended ? (reason ?? null) : null,
      updatedAt: ctx.now(),
    })
    .where(eq(users.id, userId))
    .returning()
  if (!after) throw new Error('update returned nothing')
  await tx.emit(userStatusChanged, {
    userId,
    from: before.status,
    to,
    actorId: ctx.viewer?.userId ?? null,
  })
  await recordSecurity(ctx, tx, { userId, kind, ...(reason ? { details: { reason } } : {}) })
  tx.afterCommit(() => ctx.signals.send('principal', [userId]))
  return done(after)
}
