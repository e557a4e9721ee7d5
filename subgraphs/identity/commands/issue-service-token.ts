import { RateLimited } from '@guildhall/kit/errors'
import { done, failed, type Outcome } from '@guildhall/kit/outcome'
import { eq } from 'drizzle-orm'
import { count, type Guard, guardOf, lockedUntil } from '../accounts/throttle.ts'
import contract from '../contract.ts'
import { scopeProblems } from '../domain/api-key.ts'
import { networkOf, networkPolicy } from '../domain/lockout.ts'
import { hashOf } from '../domain/refresh-token.ts'
import type { IssueServiceTokenInput, ServiceToken } from '../generated/graphql.ts'
import type { Ctx } from '../loaders.ts'
import { markUsed, principalFrom } from '../machines/key-principal.ts'
import { knownPermissions } from '../machines/known-permissions.ts'
import { issueAccessToken } from '../sessions/access-token.ts'
import { type ApiKeyRow, apiKeys, serviceAccounts, users } from '../tables.ts'

/**
 * Trades a key for an access token. An unknown key, the key of another client and one that has ended cost the same one
 * statement and are answered alike. The token names the key as its session, so it ends with it.
 */
export async function issueServiceToken(
  ctx: Ctx,
  { clientId, clientSecret, scopes = null }: IssueServiceTokenInput,
): Promise<Outcome<ServiceToken>> {
  const guesses = guardOfGuesses(ctx)
  if (guesses && (await lockedUntil(ctx, [guesses]))) throw new RateLimited()
  const outcome = await ctx.transaction('issueServiceToken', async (tx) => {
    const [found] = await tx
      .select({ key: apiKeys, user: users, serviceAccountId: serviceAccounts.id })
      .from(apiKeys)
      .innerJoin(users, eq(users.id, apiKeys.userId))
      .leftJoin(serviceAccounts, eq(serviceAccounts.userId, users.id))
      .where(eq(apiKeys.hash, hashOf(clientSecret)))
    const isClient = found && [found.key.id, found.serviceAccountId].includes(clientId)
    if (!found || !isClient || !principalFrom(found.key, found.user, ctx.now()).isActive) {
      return failed(contract.failure('INVALID_CLIENT', 'Client id or secret is wrong.', ['input']))
    }
    const problems = narrowingProblems(scopes, found.key)
    if (problems.length > 0) return failed(...problems)
    await markUsed(ctx, tx, found.key)
    return done(found.key)
  })
  if (!outcome.ok) {
    if (guesses && outcome.failures.some(({ code }) => code === 'INVALID_CLIENT')) await count(ctx, guesses)
    return outcome
  }
  const key = outcome.value
  const narrowed = scopes ? [...new Set(scopes)] : key.scopes
  const token = await issueAccessToken(ctx, key, { clientId, scopes: narrowed })
  return done({ ...token, scopes: narrowed })
}

/** Keys cannot be guessed, but whoever tries costs us; one network after the other is slowed down. */
function guardOfGuesses(ctx: Ctx): Guard | null {
  const network = networkOf(ctx.client.address)
  return network === null ? null : guardOf(ctx, networkPolicy, 'client', network)
}

function narrowingProblems(scopes: readonly string[] | null, key: ApiKeyRow) {
  if (scopes?.length === 0) {
    return [contract.failure('INVALID_VALUE', 'Name one, or leave it out.', ['input', 'scopes'])]
  }
  return scopeProblems(scopes ?? [], knownPermissions, key.scopes ? new Set(key.scopes) : knownPermissions)
}
