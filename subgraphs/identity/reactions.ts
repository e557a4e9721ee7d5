import { reactTo } from '@guildhall/kit/events/envelope'
import { membershipChanged } from '@guildhall/organizations/contract'
import { eq, sql } from 'drizzle-orm'
import { users } from './tables.ts'

/** Whoever joins, leaves or changes roles may do other things from now on: routers must forget what they remember. */
const forgetPermissions = reactTo(membershipChanged, {
  async apply(tx, { payload: { userId } }, ctx) {
    await tx
      .update(users)
      .set({ permissionsVersion: sql`${users.permissionsVersion} + 1` })
      .where(eq(users.id, userId))
    tx.afterCommit(() => ctx.signals.send('principal', [userId]))
  },
})

export const reactions = [forgetPermissions]
