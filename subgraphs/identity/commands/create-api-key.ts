import { done, failed, type Outcome } from '@guildhall/kit/outcome'
import { problemsOf } from '@guildhall/kit/validate'
import { lockAccount } from '../accounts/lock-account.ts'
import contract from '../contract.ts'
import { defaultExpiry, expiryProblems, keySettings, newKey, scopeProblems } from '../domain/api-key.ts'
import type { CreateApiKeyInput } from '../generated/graphql.ts'
import type { Ctx } from '../loaders.ts'
import { type IssuedKey, insertApiKey, toldOnce } from '../machines/insert-api-key.ts'
import { type KeyOwner, machineAsOwner, selfAsOwner } from '../machines/key-owner.ts'
import { knownPermissions } from '../machines/known-permissions.ts'
import { recordSecurity } from '../security/security-log.ts'
import { requireOwnSession } from '../sessions/own-session.ts'

/** Makes a key for oneself or for a service account. */
export async function createApiKey(ctx: Ctx, input: CreateApiKeyInput): Promise<Outcome<IssuedKey>> {
  requireOwnSession(ctx)
  ctx.requireStepUp()
  const found = await ownerOf(ctx, input)
  if (!found.ok) return found
  const owner = found.value
  const { scopes = null, expiresAt } = input
  const problems = [
    ...problemsOf(keySettings, input),
    ...scopeProblems(scopes ?? [], knownPermissions, owner.permissions),
    ...expiryProblems(expiresAt, owner.kind, ctx.now()),
  ]
  if (problems.length === 0) problems.push(...owner.escalations(scopes))
  if (problems.length > 0) return failed(...problems)
  const { name, addresses = null } = keySettings.parse(input)
  const made = newKey()

  const outcome = await ctx.transaction(
    'createApiKey',
    async (tx) => {
      if (!(await lockAccount(tx, owner.userId)))
        return failed(contract.failure('NOT_FOUND', 'No such account.'))
      const inserted = await insertApiKey(ctx, tx, made, {
        userId: owner.userId,
        organizationId: owner.organizationId,
        name,
        scopes: scopes && [...new Set(scopes)],
        addresses: addresses && [...new Set(addresses)],
        expiresAt: expiresAt ?? defaultExpiry(owner.kind, ctx.now()),
      })
      if (!inserted.ok) return inserted
      const { id, userId, prefix } = inserted.value
      await recordSecurity(ctx, tx, {
        userId,
        kind: 'API_KEY_CREATED',
        sessionId: id,
        details: { name, prefix },
      })
      return done(inserted.value)
    },
    {},
    input,
  )
  return toldOnce(outcome, made.key)
}

async function ownerOf(
  ctx: Ctx,
  { serviceAccountId, organizationId }: CreateApiKeyInput,
): Promise<Outcome<KeyOwner>> {
  if (!serviceAccountId) return selfAsOwner(ctx, organizationId)
  const account = await ctx.loaders.serviceAccount.load(serviceAccountId)
  if (!account || (organizationId && organizationId !== account.organizationId)) {
    return failed(
      contract.failure('NOT_FOUND', 'There is no such service account.', ['input', 'serviceAccountId']),
    )
  }
  return machineAsOwner(ctx, account)
}
