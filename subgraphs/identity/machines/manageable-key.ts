import { done, failed, type Outcome } from '@guildhall/kit/outcome'
import contract from '../contract.ts'
import type { Ctx } from '../loaders.ts'
import type { ApiKeyRow, ServiceAccountRow } from '../tables.ts'

/** A key that the caller may end, and the service account that it belongs to. */
export interface ManageableKey {
  apiKey: ApiKeyRow
  account: ServiceAccountRow | null
}

/** One's own keys, those of service accounts that one manages, and for who manages users all. */
export async function manageableKey(ctx: Ctx, id: string): Promise<Outcome<ManageableKey>> {
  const apiKey = await ctx.loaders.apiKey.load(id)
  if (!apiKey) return failed(contract.failure('NOT_FOUND', 'There is no such key.', ['input', 'id']))
  const [account = null] = await ctx.loaders.serviceAccountOfUser.load(apiKey.userId)
  const isOwn = apiKey.userId === ctx.requireViewer().userId
  const isManaged = account !== null && ctx.can('service-accounts:manage', account)
  // Those who may look at everything see keys that they must not touch.
  if (!isOwn && !isManaged) ctx.require('users:manage', { organizationId: null })
  return done({ apiKey, account })
}
