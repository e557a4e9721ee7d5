import type { Tenanted } from '@guildhall/kit/context'
import { prefixOf } from '@guildhall/kit/ids'
import type { Ctx } from '../loaders.ts'

/** What preferences can be set for: prefix → who knows it, and how to ask for the organization. */
const scopes: Readonly<Record<string, { domain: string; typename: string; selection: string }>> = {
  org: { domain: 'organizations', typename: 'Organization', selection: 'id' },
  evt: { domain: 'events', typename: 'Event', selection: 'id organization { id }' },
  prj: { domain: 'projects', typename: 'Project', selection: 'id organization { id }' },
}

/** A scope in the caller's eyes; null when there is none for them. @throws ServiceUnavailable when its domain is away. */
export async function scopeOf(ctx: Ctx, id: string): Promise<(Tenanted & { id: string }) | null> {
  const scope = scopes[prefixOf(id) ?? '']
  if (!scope) return null
  const found = await ctx.peers.entity<{ id: string; organization?: { id: string } | null }>(
    scope.domain,
    scope.typename,
    id,
    scope.selection,
    ctx.token,
  )
  return (
    found && { id, organizationId: found.organization === undefined ? id : (found.organization?.id ?? null) }
  )
}
