import { isId } from '@guildhall/kit/ids'
import { and, eq, isNull } from 'drizzle-orm'
import type { Ctx } from '../loaders.ts'
import { projectTemplates } from '../tables.ts'

/**
 * What a new project takes from a template in use of its organization, which whoever may start a project there may start
 * from. Null without one, undefined when there is no such template.
 */
export async function templateFor(ctx: Ctx, id: string | null | undefined, organizationId: string) {
  if (id == null) return null
  if (!isId('ptm', id)) return undefined
  const [template] = await ctx.db
    .select()
    .from(projectTemplates)
    .where(
      and(
        eq(projectTemplates.id, id),
        eq(projectTemplates.organizationId, organizationId),
        isNull(projectTemplates.archivedAt),
      ),
    )
  if (!template) return undefined
  const { summary, tags, visibility, isOpenToJoin, canMembersInvite } = template
  return { draft: { summary, tags }, settings: { visibility, isOpenToJoin, canMembersInvite } }
}
