import type { Context, Transaction } from '@guildhall/kit/context'
import { and, eq, isNotNull, or, sql } from 'drizzle-orm'
import { recordSecurity } from '../security/security-log.ts'
import { revokeSessions } from '../sessions/revoke-sessions.ts'
import { sessions, type UserRow, users } from '../tables.ts'
import { platformPermissionsOf } from './platform-roles.ts'

/** Gives an account its roles on the platform. Impersonations that these do not allow end. */
export async function setRoles(
  ctx: Context,
  tx: Transaction,
  userId: string,
  roles: readonly string[],
): Promise<UserRow> {
  const [user] = await tx
    .update(users)
    .set({
      platformRoles: [...roles],
      permissionsVersion: sql`${users.permissionsVersion} + 1`,
      updatedAt: ctx.now(),
    })
    .where(eq(users.id, userId))
    .returning()
  if (!user) throw new Error('update returned nothing')
  const mayImpersonate = platformPermissionsOf(roles).includes('users:impersonate')
  await revokeSessions(
    ctx,
    tx,
    'IMPERSONATION_ENDED',
    or(
      roles.length > 0 ? and(eq(sessions.userId, userId), isNotNull(sessions.impersonatorId)) : undefined,
      mayImpersonate ? undefined : eq(sessions.impersonatorId, userId),
      sql`false`,
    ),
  )
  await recordSecurity(ctx, tx, {
    userId,
    kind: 'PLATFORM_ROLES_CHANGED',
    details: { roles: roles.join(' ') },
  })
  tx.afterCommit(() => ctx.signals.send('principal', [userId]))
  return user
}
