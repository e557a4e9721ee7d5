import type { Context } from '@guildhall/kit/context'
import { eq } from 'drizzle-orm'
import { isStrong } from '../domain/authentication.ts'
import { secondFactorsOf } from '../factors/second-factors.ts'
import type { SessionPrincipal } from '../generated/graphql.ts'
import { basePrincipal } from '../sessions/base-principal.ts'
import { admissionProblems } from '../sessions/begin-session.ts'
import { type ExternalIdentityRow, externalIdentities, type UserRow, users } from '../tables.ts'
import { issuerIdentified } from './external-issuers.ts'

/** Who acts with a token of an external issuer, by the id of the identity. */
export async function principalOfIdentityId(ctx: Context, id: string): Promise<SessionPrincipal | null> {
  const [found] = await ctx.db
    .select({ identity: externalIdentities, user: users })
    .from(externalIdentities)
    .innerJoin(users, eq(users.id, externalIdentities.userId))
    .where(eq(externalIdentities.id, id))
  return found ? principalOfIdentity(ctx, found) : null
}

/**
 * Who acts with a token of an external issuer. It opens what a login with this identity would open by itself: an
 * account that asks for a second proof here is not entered with it, and it never counts as a fresh proof.
 */
export async function principalOfIdentity(
  ctx: Context,
  { identity, user }: { identity: ExternalIdentityRow; user: UserRow },
): Promise<SessionPrincipal> {
  const base = basePrincipal(user)
  return {
    ...base,
    sessionId: identity.id,
    isActive:
      base.isActive &&
      issuerIdentified(identity.issuer)?.tokenAudience !== undefined &&
      admissionProblems(user).length === 0 &&
      isStrong(['EXTERNAL'], await secondFactorsOf(ctx.db, user.id)),
  }
}
