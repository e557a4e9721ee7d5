import { done, failed, type Outcome } from '@guildhall/kit/outcome'
import { tidy } from '@guildhall/kit/validate'
import { and, eq, isNull } from 'drizzle-orm'
import contract from '../contract.ts'
import { normalisedTags } from '../domain/tags.ts'
import { type TemplateDraft, templateProblems } from '../domain/template-draft.ts'
import type { UpdateProjectTemplateInput } from '../generated/graphql.ts'
import type { Ctx } from '../loaders.ts'
import { type ProjectTemplateRow, projectTemplates } from '../tables.ts'
import { nameTaken } from '../templates/name-taken.ts'

/** Changes a template in use; null in place of a name or settings counts as left out. */
export async function updateProjectTemplate(
  ctx: Ctx,
  input: UpdateProjectTemplateInput,
): Promise<Outcome<ProjectTemplateRow>> {
  const { id, expectedVersion, settings } = input
  const seen = await ctx.loaders.template.load(id)
  if (!seen) return failed(contract.failure('NOT_FOUND', 'There is no such template.', ['input', 'id']))
  ctx.require('projects:manage', seen)
  if (seen.archivedAt) {
    return failed(contract.failure('TEMPLATE_ARCHIVED', 'The template was put away.', ['input', 'id']))
  }
  const changes = changesOf(input)
  const problems = templateProblems({ ...seen, ...changes })
  if (problems.length > 0) return failed(...problems)
  return ctx.transaction(
    'updateProjectTemplate',
    async (tx) => {
      const version = expectedVersion ?? seen.version
      const [template] = await tx
        .update(projectTemplates)
        .set({ ...changes, ...settings, version: version + 1, updatedAt: ctx.now() })
        .where(
          and(
            eq(projectTemplates.id, id),
            eq(projectTemplates.version, version),
            isNull(projectTemplates.archivedAt),
          ),
        )
        .returning()
      if (!template) {
        const path = ['input', 'expectedVersion']
        return failed(contract.failure('VERSION_CONFLICT', 'The template was changed meanwhile.', path))
      }
      return done(template)
    },
    nameTaken,
    input,
  )
}

const changesOf = ({
  name,
  description,
  summary,
  tags,
}: UpdateProjectTemplateInput): Partial<TemplateDraft> => ({
  ...(name != null ? { name: name.trim() } : {}),
  ...(description !== undefined ? { description: tidy(description) } : {}),
  ...(summary !== undefined ? { summary: tidy(summary) } : {}),
  ...(tags !== undefined ? { tags: normalisedTags(tags ?? []) } : {}),
})
