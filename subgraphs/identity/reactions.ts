import type { Context, Transaction } from '@guildhall/kit/context'
import { reactTo } from '@guildhall/kit/events/envelope'
import { membershipChanged, organizationClosed, permissionsChanged } from '@guildhall/organizations/contract'
import { and, asc, eq, isNull, sql } from 'drizzle-orm'
import { removeMachine } from './machines/remove-machine.ts'
import { serviceAccounts, users } from './tables.ts'

/** Whoever joins, leaves or changes roles may do other things from now on: routers must forget what they remember. */
async function forgetPermissions(tx: Transaction, userId: string, ctx: Context): Promise<void> {
  await tx
    .update(users)
    .set({ permissionsVersion: sql`${users.permissionsVersion} + 1` })
    .where(eq(users.id, userId))
  tx.afterCommit(() => ctx.signals.send('principal', [userId]))
}

/** Machines belong to one organization and end with it. Those that somebody removes meanwhile have ended already. */
async function removeMachines(
  ctx: Context,
  tx: Transaction,
  { organizationId, actorId }: { organizationId: string; actorId: string | null },
): Promise<void> {
  const machines = await tx
    .select()
    .from(serviceAccounts)
    .where(and(eq(serviceAccounts.organizationId, organizationId), isNull(serviceAccounts.deletedAt)))
    .orderBy(asc(serviceAccounts.id))
    .for('no key update')
  for (const machine of machines) {
    const removed = await removeMachine(ctx, tx, machine, actorId)
    if (!removed.ok) throw new Error(`machine ${machine.id} cannot end: ${removed.failures[0].code}`)
  }
}

export const reactions = [
  reactTo(membershipChanged, {
    apply: (tx, { payload }, ctx) => forgetPermissions(tx, payload.userId, ctx),
  }),
  reactTo(permissionsChanged, {
    apply: (tx, { payload }, ctx) => forgetPermissions(tx, payload.userId, ctx),
  }),
  reactTo(organizationClosed, {
    apply: (tx, { payload }, ctx) => removeMachines(ctx, tx, payload),
  }),
]
