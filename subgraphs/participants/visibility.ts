import type { Context } from '@guildhall/kit/context'

/** Organizations in which the caller may do this. */
export const organizationsWhere = (ctx: Context, permission: string): string[] =>
  Object.keys(ctx.viewer?.grants ?? {}).filter((organizationId) => ctx.can(permission, { organizationId }))
