import { failed, type Outcome } from '@guildhall/kit/outcome'
import { payloadOf, spendToken } from '../accounts/one-time-tokens.ts'
import contract from '../contract.ts'
import { addIdentity, identityConstraints } from '../external/external-identities.ts'
import { issuerIdentified } from '../external/external-issuers.ts'
import { offeredIdentity } from '../external/external-link.ts'
import type { LinkExternalIdentityInput } from '../generated/graphql.ts'
import type { Ctx } from '../loaders.ts'
import { requireOwnSession } from '../sessions/own-session.ts'
import type { ExternalIdentityRow } from '../tables.ts'

/** The person agrees: the identity that met the account belongs to it from now on. */
export async function linkExternalIdentity(
  ctx: Ctx,
  { token }: LinkExternalIdentityInput,
): Promise<Outcome<ExternalIdentityRow>> {
  ctx.requireStepUp()
  const { userId } = requireOwnSession(ctx)
  return ctx.transaction(
    'linkExternalIdentity',
    async (tx) => {
      const spent = await spendToken(ctx, tx, 'LINK_IDENTITY', token)
      if (!spent.ok) return spent
      // Somebody else's token is not spent by this: a failed outcome rolls back.
      if (spent.value.userId !== userId) return refused
      const identity = offeredIdentity.parse(JSON.parse(payloadOf(ctx, spent.value)))
      const issuer = issuerIdentified(identity.issuer)
      return issuer ? addIdentity(ctx, tx, userId, issuer, identity) : refused
    },
    identityConstraints,
  )
}

const refused = failed(
  contract.failure('TOKEN_INVALID', 'This token is not good for your account; log in at the issuer again.', [
    'input',
    'token',
  ]),
)
