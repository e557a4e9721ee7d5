import type { Context } from '@guildhall/kit/context'
import { byParent } from '@guildhall/kit/loaders'
import { asc, inArray } from 'drizzle-orm'
import { type ExternalIdentityRow, externalIdentities } from '../tables.ts'

/** At most ten per person, see `domain/external-login.ts`. */
export const externalLoaders = (ctx: Context) => ({
  externalIdentities: byParent<ExternalIdentityRow>(
    (userIds) =>
      ctx.db
        .select()
        .from(externalIdentities)
        .where(inArray(externalIdentities.userId, [...userIds]))
        .orderBy(asc(externalIdentities.createdAt), asc(externalIdentities.id)),
    (identity) => identity.userId,
  ),
})
