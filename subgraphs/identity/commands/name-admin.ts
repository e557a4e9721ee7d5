import type { Context } from '@guildhall/kit/context'
import { done, failed, type Outcome } from '@guildhall/kit/outcome'
import { and, eq, inArray } from 'drizzle-orm'
import { setRoles } from '../administration/set-roles.ts'
import contract from '../contract.ts'
import { normalizeEmail } from '../domain/email.ts'
import { usableStatuses } from '../domain/user-status.ts'
import { type UserRow, users } from '../tables.ts'

/** Makes somebody ADMIN who has an account: for whoever has the database, because the first one has nobody to ask. */
export async function nameAdmin(ctx: Context, email: string): Promise<Outcome<UserRow>> {
  return ctx.transaction('nameAdmin', async (tx) => {
    const [user] = await tx
      .select()
      .from(users)
      .where(and(eq(users.email, normalizeEmail(email)), inArray(users.status, [...usableStatuses])))
      .for('no key update')
    if (!user) return failed(contract.failure('NOT_FOUND', 'No account that can be used has this address.'))
    const roles = [...new Set([...user.platformRoles, 'ADMIN'])].sort()
    return done(await setRoles(ctx, tx, user.id, roles))
  })
}
