import type { Context, Transaction } from '@guildhall/kit/context'
import { done, failed, type Outcome } from '@guildhall/kit/outcome'
import { and, eq } from 'drizzle-orm'
import contract from '../contract.ts'
import { liveKeysMax, type newKey } from '../domain/api-key.ts'
import { hashOf } from '../domain/refresh-token.ts'
import { type ApiKeyRow, apiKeys } from '../tables.ts'
import { liveKeys } from './machine-views.ts'

/** A key, and the secret to show once. */
export interface IssuedKey {
  apiKey: ApiKeyRow
  /** Null when the answer is that of an earlier call: of the key we know the hash alone. */
  key: string | null
}

/** Inserts a key of an owner who is locked: of many who make keys at once none comes over the limit. */
export async function insertApiKey(
  ctx: Context,
  tx: Transaction,
  { key, prefix }: ReturnType<typeof newKey>,
  values: Omit<typeof apiKeys.$inferInsert, 'id' | 'prefix' | 'hash' | 'createdById' | 'createdAt'>,
): Promise<Outcome<ApiKeyRow>> {
  const live = await tx.$count(apiKeys, and(eq(apiKeys.userId, values.userId), liveKeys(ctx.now())))
  if (live >= liveKeysMax) {
    return failed(contract.failure('TOO_MANY_KEYS', `At most ${liveKeysMax} keys; revoke one first.`))
  }
  const [row] = await tx
    .insert(apiKeys)
    .values({
      ...values,
      id: ctx.newId('key'),
      prefix,
      hash: hashOf(key),
      createdById: ctx.requireViewer().userId,
      createdAt: ctx.now(),
    })
    .returning()
  if (!row) throw new Error('insert returned nothing')
  return done(row)
}

/** The key goes with the answer of the call that made it, and with no repetition of that answer. */
export const toldOnce = (outcome: Outcome<ApiKeyRow>, key: string): Outcome<IssuedKey> =>
  outcome.ok ? done({ apiKey: outcome.value, key: outcome.value.hash === hashOf(key) ? key : null }) : outcome
