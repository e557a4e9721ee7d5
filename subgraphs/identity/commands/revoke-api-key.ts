import { done, type Outcome } from '@guildhall/kit/outcome'
import { and, eq, isNull } from 'drizzle-orm'
import type { RevokeApiKeyInput } from '../generated/graphql.ts'
import type { Ctx } from '../loaders.ts'
import { manageableKey } from '../machines/manageable-key.ts'
import { recordSecurity } from '../security/security-log.ts'
import { requireOwnSession } from '../sessions/own-session.ts'
import { type ApiKeyRow, apiKeys } from '../tables.ts'

/** Ends a key. That it had ended before is no failure. */
export async function revokeApiKey(ctx: Ctx, input: RevokeApiKeyInput): Promise<Outcome<ApiKeyRow>> {
  if (ctx.requireViewer().sessionId !== input.id) requireOwnSession(ctx)
  const found = await manageableKey(ctx, input.id)
  if (!found.ok) return found
  const { apiKey } = found.value

  return ctx.transaction(
    'revokeApiKey',
    async (tx) => {
      const [revoked] = await tx
        .update(apiKeys)
        .set({ revokedAt: ctx.now() })
        .where(and(eq(apiKeys.id, apiKey.id), isNull(apiKeys.revokedAt)))
        .returning()
      if (!revoked) return done(apiKey)
      const { id, userId, name, prefix } = revoked
      await recordSecurity(ctx, tx, {
        userId,
        kind: 'API_KEY_REVOKED',
        sessionId: id,
        details: { name, prefix },
      })
      tx.afterCommit(() => ctx.signals.send('principal', [userId]))
      return done(revoked)
    },
    {},
    input,
  )
}
