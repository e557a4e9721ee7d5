import type { Context } from '@guildhall/kit/context'
import { byParent, countByParent } from '@guildhall/kit/loaders'
import { and, asc, eq, inArray, isNull } from 'drizzle-orm'
import { passkeys, recoveryCodes, totpFactors } from '../tables.ts'

/** Second factors by user; `resolvers/factors.ts` asks for none but the caller's own. */
export const factorLoaders = (ctx: Context) => ({
  /** One at most: see `totp_factor_one_active`. */
  activeTotp: byParent(
    (userIds) =>
      ctx.db
        .select()
        .from(totpFactors)
        .where(and(inArray(totpFactors.userId, [...userIds]), eq(totpFactors.status, 'ACTIVE'))),
    (factor) => factor.userId,
  ),
  /** Twenty at most: see `passkey_slots`. */
  passkeysOfUser: byParent(
    (userIds) =>
      ctx.db
        .select()
        .from(passkeys)
        .where(inArray(passkeys.userId, [...userIds]))
        .orderBy(asc(passkeys.createdAt), asc(passkeys.id)),
    (passkey) => passkey.userId,
  ),
  recoveryCodeCount: countByParent(ctx, recoveryCodes, recoveryCodes.userId, isNull(recoveryCodes.usedAt)),
})
