import type { Context, Transaction } from '@guildhall/kit/context'
import { reactTo } from '@guildhall/kit/events/envelope'
import { membershipChanged, permissionsChanged } from '@guildhall/organizations/contract'
import { eq, sql } from 'drizzle-orm'
import { users } from './tables.ts'

/** Whoever joins, leaves or changes roles may do other things from now on: routers must forget what they remember. */
async function forgetPermissions(tx: Transaction, userId: string, ctx: Context): Promise<void> {
  await tx
    .update(users)
    .set({ permissionsVersion: sql`${users.permissionsVersion} + 1` })
    .where(eq(users.id, userId))
  tx.afterCommit(() => ctx.signals.send('principal', [userId]))
}

export const reactions = [
  reactTo(membershipChanged, {
    apply: (tx, { payload }, ctx) => forgetPermissions(tx, payload.userId, ctx),
  }),
  reactTo(permissionsChanged, {
    apply: (tx, { payload }, ctx) => forgetPermissions(tx, payload.userId, ctx),
  }),
]
