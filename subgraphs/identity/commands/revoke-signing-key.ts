import type { Outcome } from '@guildhall/kit/outcome'
import type { RevokeSigningKeyInput } from '../generated/graphql.ts'
import { revoke } from '../keys/key-ring.ts'
import type { Ctx } from '../loaders.ts'
import { recordSecurity } from '../security/security-log.ts'
import type { SigningKeyRow } from '../tables.ts'

/** For emergencies: what this key has signed is refused everywhere as soon as the routers have heard of it. */
export async function revokeSigningKey(
  ctx: Ctx,
  input: RevokeSigningKeyInput,
): Promise<Outcome<SigningKeyRow>> {
  ctx.require('keys:manage', { organizationId: null })
  ctx.requireStepUp()
  return ctx.transaction(
    'revokeSigningKey',
    async (tx) => {
      const outcome = await revoke(ctx, tx, input.kid)
      if (outcome.ok && ctx.viewer) {
        await recordSecurity(ctx, tx, {
          userId: ctx.viewer.userId,
          kind: 'SIGNING_KEY_REVOKED',
          details: { kid: outcome.value.kid },
        })
      }
      return outcome
    },
    {},
    input,
  )
}
