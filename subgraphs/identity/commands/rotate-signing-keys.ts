import type { Outcome } from '@guildhall/kit/outcome'
import type { RotateSigningKeysInput } from '../generated/graphql.ts'
import { rotate } from '../keys/key-ring.ts'
import type { Ctx } from '../loaders.ts'
import { recordSecurity } from '../security/security-log.ts'
import type { SigningKeyRow } from '../tables.ts'

/** Lets the next key sign before its time. Of two who press at once, the second finds a next key that is too young. */
export async function rotateSigningKeys(
  ctx: Ctx,
  input: RotateSigningKeysInput,
): Promise<Outcome<SigningKeyRow>> {
  ctx.require('keys:manage', { organizationId: null })
  ctx.requireStepUp()
  return ctx.transaction(
    'rotateSigningKeys',
    async (tx) => {
      const outcome = await rotate(ctx, tx)
      if (outcome.ok && ctx.viewer) {
        await recordSecurity(ctx, tx, {
          userId: ctx.viewer.userId,
          kind: 'SIGNING_KEYS_ROTATED',
          details: { kid: outcome.value.kid },
        })
      }
      return outcome
    },
    {},
    input,
  )
}
