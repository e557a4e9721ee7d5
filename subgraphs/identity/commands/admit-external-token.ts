import { done, failed, type Outcome } from '@guildhall/kit/outcome'
import { and, eq, lte } from 'drizzle-orm'
import contract from '../contract.ts'
import {
  emailConflict,
  findIdentity,
  identityConstraints,
  recognise,
} from '../external/external-identities.ts'
import { issuerIdentified } from '../external/external-issuers.ts'
import { principalOfIdentity } from '../external/external-principal.ts'
import type { AdmitExternalTokenInput, SessionPrincipal } from '../generated/graphql.ts'
import type { Ctx } from '../loaders.ts'
import { type ExternalIdentityRow, externalIdentities } from '../tables.ts'

const usedOncePerMs = 60_000

/**
 * Who is meant by an access token of a trusted issuer, which the router has verified. There is nobody here who could be
 * asked to agree, so an account that merely has the same address is never linked.
 */
export async function admitExternalToken(
  ctx: Ctx,
  input: AdmitExternalTokenInput,
): Promise<Outcome<SessionPrincipal>> {
  const issuer = issuerIdentified(input.issuer)
  if (!issuer) {
    return failed(contract.failure('ISSUER_UNKNOWN', 'No such issuer is trusted here.', ['input', 'issuer']))
  }
  const known = await findIdentity(ctx.db, issuer.issuer, input.subject)
  if (known) {
    await noteUse(ctx, known.identity)
    return done(await principalOfIdentity(ctx, known))
  }
  const recognised = await ctx.transaction(
    'admitExternalToken',
    async (tx) => {
      const found = await recognise(ctx, tx, issuer, {
        subject: input.subject,
        email: input.email ?? null,
        isEmailVerified: input.isEmailVerified,
        names: [input.displayName],
        locale: null,
        timezone: null,
      })
      if (!found.ok) return found
      return found.value.kind === 'known' ? done(found.value) : emailConflict
    },
    identityConstraints,
  )
  if (recognised.ok) return done(await principalOfIdentity(ctx, recognised.value))
  // A rival with another address may have been faster.
  const meanwhile = await findIdentity(ctx.db, issuer.issuer, input.subject)
  return meanwhile ? done(await principalOfIdentity(ctx, meanwhile)) : recognised
}

/** At most once a minute: a token is asked about far more often. */
async function noteUse(ctx: Ctx, { id, lastUsedAt }: ExternalIdentityRow): Promise<void> {
  const now = ctx.now()
  const stale = new Date(now.getTime() - usedOncePerMs)
  if (lastUsedAt > stale) return
  await ctx.db
    .update(externalIdentities)
    .set({ lastUsedAt: now })
    .where(and(eq(externalIdentities.id, id), lte(externalIdentities.lastUsedAt, stale)))
}
