import { done, failed, type Outcome } from '@guildhall/kit/outcome'
import { tidy } from '@guildhall/kit/validate'
import { eq } from 'drizzle-orm'
import contract, { projectUpdated } from '../contract.ts'
import { draftProblems, type ProjectDraft } from '../domain/project-draft.ts'
import { factsOf } from '../domain/project-facts.ts'
import type { UpdateProjectInput } from '../generated/graphql.ts'
import type { Ctx } from '../loaders.ts'
import { lockProject, teamOf } from '../moves.ts'
import { type ProjectRow, projects } from '../tables.ts'
import { noSuchProject, requireMember } from '../team.ts'

/** Changes what a draft says of itself: what is left out stays, null clears. */
export async function updateProject(ctx: Ctx, input: UpdateProjectInput): Promise<Outcome<ProjectRow>> {
  const { idempotencyKey: _key, id, expectedVersion, ...given } = input
  const seen = await ctx.loaders.project.load(id)
  if (!seen) return failed(noSuchProject('id'))
  await requireMember(ctx, seen)
  const viewer = ctx.requireViewer()
  const changes = changesOf(given)
  const problems = draftProblems({ ...seen, ...changes })
  if (problems.length > 0) return failed(...problems)

  return ctx.transaction(
    'updateProject',
    async (tx) => {
      const project = await lockProject(tx, id)
      if (project.version !== (expectedVersion ?? seen.version)) {
        return failed(
          contract.failure('VERSION_CONFLICT', 'The project was changed meanwhile.', [
            'input',
            'expectedVersion',
          ]),
        )
      }
      if (project.status !== 'DRAFT') {
        return failed(
          contract.failure('PROJECT_NOT_EDITABLE', `The project is ${project.status}.`, ['input', 'id']),
        )
      }
      const [changed] = await tx
        .update(projects)
        .set({ ...changes, version: project.version + 1, updatedAt: ctx.now() })
        .where(eq(projects.id, id))
        .returning()
      if (!changed) throw new Error('update returned nothing')
      await tx.emit(projectUpdated, factsOf(changed, await teamOf(tx, id), viewer.userId))
      return done(changed)
    },
    {},
    input,
  )
}

/** Drops what was left out; a project cannot be without a title, so null there counts as left out. */
function changesOf(given: {
  title?: string | null
  summary?: string | null
  repositoryUrl?: string | null
  demoUrl?: string | null
}): Partial<ProjectDraft> {
  const { title, summary, repositoryUrl, demoUrl } = given
  return {
    ...(title != null ? { title: title.trim() } : {}),
    ...(summary !== undefined ? { summary: tidy(summary) } : {}),
    ...(repositoryUrl !== undefined ? { repositoryUrl: tidy(repositoryUrl) } : {}),
    ...(demoUrl !== undefined ? { demoUrl: tidy(demoUrl) } : {}),
  }
}
