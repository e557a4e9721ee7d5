import { done, failed, type Outcome } from '@guildhall/kit/outcome'
import { and, eq, isNull, sql } from 'drizzle-orm'
import contract from '../contract.ts'
import type { ArchiveProjectTemplateInput } from '../generated/graphql.ts'
import type { Ctx } from '../loaders.ts'
import { type ProjectTemplateRow, projectTemplates } from '../tables.ts'

/** Puts a template away, once. */
export async function archiveProjectTemplate(
  ctx: Ctx,
  input: ArchiveProjectTemplateInput,
): Promise<Outcome<ProjectTemplateRow>> {
  const path = ['input', 'id']
  const seen = await ctx.loaders.template.load(input.id)
  if (!seen) return failed(contract.failure('NOT_FOUND', 'There is no such template.', path))
  ctx.require('projects:manage', seen)
  return ctx.transaction(
    'archiveProjectTemplate',
    async (tx) => {
      const now = ctx.now()
      const [template] = await tx
        .update(projectTemplates)
        .set({ archivedAt: now, updatedAt: now, version: sql`${projectTemplates.version} + 1` })
        .where(and(eq(projectTemplates.id, seen.id), isNull(projectTemplates.archivedAt)))
        .returning()
      return template
        ? done(template)
        : failed(contract.failure('TEMPLATE_ARCHIVED', 'The template was put away before.', path))
    },
    {},
    input,
  )
}
