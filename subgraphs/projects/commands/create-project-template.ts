import { isId } from '@guildhall/kit/ids'
import { done, failed, type Outcome } from '@guildhall/kit/outcome'
import { tidy } from '@guildhall/kit/validate'
import contract from '../contract.ts'
import { normalisedTags } from '../domain/tags.ts'
import { templateProblems } from '../domain/template-draft.ts'
import type { CreateProjectTemplateInput } from '../generated/graphql.ts'
import type { Ctx } from '../loaders.ts'
import { type ProjectTemplateRow, projectTemplates } from '../tables.ts'
import { nameTaken } from '../templates/name-taken.ts'

/** Makes a template for the projects of an organization. */
export async function createProjectTemplate(
  ctx: Ctx,
  input: CreateProjectTemplateInput,
): Promise<Outcome<ProjectTemplateRow>> {
  const { organizationId, settings } = input
  if (!isId('org', organizationId)) {
    const path = ['input', 'organizationId']
    return failed(contract.failure('NOT_FOUND', 'There is no such organization.', path))
  }
  ctx.require('projects:manage', { organizationId })
  const draft = {
    name: input.name.trim(),
    description: tidy(input.description),
    summary: tidy(input.summary),
    tags: normalisedTags(input.tags ?? []),
  }
  const problems = templateProblems(draft)
  if (problems.length > 0) return failed(...problems)
  return ctx.transaction(
    'createProjectTemplate',
    async (tx) => {
      const now = ctx.now()
      const [template] = await tx
        .insert(projectTemplates)
        .values({
          ...draft,
          id: ctx.newId('ptm'),
          organizationId,
          visibility: settings?.visibility ?? 'ORGANIZATION',
          isOpenToJoin: settings?.isOpenToJoin ?? false,
          canMembersInvite: settings?.canMembersInvite ?? false,
          createdAt: now,
          updatedAt: now,
        })
        .returning()
      if (!template) throw new Error('insert returned nothing')
      return done(template)
    },
    nameTaken,
    input,
  )
}
