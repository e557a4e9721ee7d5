import type { Transaction } from '@guildhall/kit/context'
import { done, failed, type Outcome } from '@guildhall/kit/outcome'
import { problemsOf } from '@guildhall/kit/validate'
import { and, eq } from 'drizzle-orm'
import { z } from 'zod'
import { lockAccount } from '../accounts/lock-account.ts'
import contract from '../contract.ts'
import { newKey, renewedExpiry } from '../domain/api-key.ts'
import type { RotateApiKeyInput } from '../generated/graphql.ts'
import type { Ctx } from '../loaders.ts'
import { type IssuedKey, insertApiKey, toldOnce } from '../machines/insert-api-key.ts'
import { machineAsOwner } from '../machines/key-owner.ts'
import { liveKeys } from '../machines/machine-views.ts'
import { manageableKey } from '../machines/manageable-key.ts'
import { recordSecurity } from '../security/security-log.ts'
import { requireOwnSession } from '../sessions/own-session.ts'
import { type ApiKeyRow, apiKeys } from '../tables.ts'

const overlap = z.object({ overlapHours: z.number().int().min(0, '0 to 72.').max(72, '0 to 72.') })

/** Replaces a key. `api_key_one_replacement` decides between rivals who replace the same one. */
export async function rotateApiKey(ctx: Ctx, input: RotateApiKeyInput): Promise<Outcome<IssuedKey>> {
  requireOwnSession(ctx)
  ctx.requireStepUp()
  const problems = problemsOf(overlap, input)
  if (problems.length > 0) return failed(...problems)
  const found = await manageableKey(ctx, input.id)
  if (!found.ok) return found
  const { apiKey: old, account } = found.value
  if (account) {
    const owner = await machineAsOwner(ctx, account)
    if (!owner.ok) return owner
    const escalations = owner.value.escalations(old.scopes)
    if (escalations.length > 0) return failed(...escalations)
  } else if (old.userId !== ctx.requireViewer().userId) {
    return failed(contract.failure('NOT_FOUND', 'You have no such key.', ['input', 'id']))
  }
  const made = newKey()

  const outcome = await ctx.transaction(
    'rotateApiKey',
    async (tx) => {
      await lockAccount(tx, old.userId)
      if (!(await letExpire(ctx, tx, old, input.overlapHours))) {
        return failed(
          contract.failure('KEY_NOT_ACTIVE', 'The key was revoked or has expired.', ['input', 'id']),
        )
      }
      const { userId, organizationId, name, scopes, addresses } = old
      const inserted = await insertApiKey(ctx, tx, made, {
        userId,
        organizationId,
        name,
        scopes,
        addresses,
        expiresAt: renewedExpiry(old, ctx.now()),
        replacesId: old.id,
      })
      if (!inserted.ok) return inserted
      await recordSecurity(ctx, tx, {
        userId,
        kind: 'API_KEY_ROTATED',
        sessionId: old.id,
        details: { name, prefix: inserted.value.prefix, replaced: old.prefix },
      })
      tx.afterCommit(() => ctx.signals.send('principal', [userId]))
      return done(inserted.value)
    },
    {
      api_key_one_replacement: () =>
        contract.failure('KEY_REPLACED', 'The key has been replaced already.', ['input', 'id']),
    },
    input,
  )
  return toldOnce(outcome, made.key)
}

/** Brings the end of a good key forward. @returns whether it was good. */
async function letExpire(ctx: Ctx, tx: Transaction, old: ApiKeyRow, hours: number): Promise<boolean> {
  const now = ctx.now()
  const end = new Date(now.getTime() + hours * 3_600_000)
  const ended = await tx
    .update(apiKeys)
    .set(
      hours === 0
        ? { revokedAt: now }
        : { expiresAt: old.expiresAt && old.expiresAt < end ? old.expiresAt : end },
    )
    .where(and(eq(apiKeys.id, old.id), liveKeys(now)))
    .returning({ id: apiKeys.id })
  return ended.length > 0
}
