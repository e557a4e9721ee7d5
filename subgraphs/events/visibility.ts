import type { Context } from '@guildhall/kit/context'
import { and, inArray, ne, or, type SQL } from 'drizzle-orm'
import { events } from './tables.ts'

/** Which events a caller may see at all: published ones that are not internal, and the organization's own. */
export function visibleTo(ctx: Context): SQL | undefined {
  if (ctx.caller.kind === 'service') return undefined
  const member = Object.keys(ctx.viewer?.grants ?? {})
  const writer = member.filter((organizationId) => ctx.can('events:write', { organizationId }))
  return or(
    and(ne(events.status, 'DRAFT'), ne(events.visibility, 'ORGANIZATION')),
    and(ne(events.status, 'DRAFT'), inArray(events.organizationId, member)),
    inArray(events.organizationId, writer),
  )
}

/** Unlisted events are found by their id alone, except by those who belong to the organization. */
export function listedFor(ctx: Context): SQL | undefined {
  if (ctx.caller.kind === 'service') return undefined
  const member = Object.keys(ctx.viewer?.grants ?? {})
  return and(visibleTo(ctx), or(ne(events.visibility, 'UNLISTED'), inArray(events.organizationId, member)))
}
