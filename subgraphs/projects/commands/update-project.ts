import { done, failed, type Outcome } from '@guildhall/kit/outcome'
import { eq } from 'drizzle-orm'
import contract, { projectUpdated } from '../contract.ts'
import { draftProblems, tidied } from '../domain/project-draft.ts'
import { trackProblems } from '../domain/tracks.ts'
import { factsFor } from '../facts.ts'
import type { UpdateProjectInput } from '../generated/graphql.ts'
import type { Ctx } from '../loaders.ts'
import { lockProject } from '../moves.ts'
import { type ProjectRow, projects } from '../tables.ts'
import { noSuchProject, requireMember } from '../team.ts'

/** Changes what a draft says of itself: what is left out stays, null clears. */
export async function updateProject(ctx: Ctx, input: UpdateProjectInput): Promise<Outcome<ProjectRow>> {
  const { idempotencyKey: _key, id, expectedVersion, trackIds, ...given } = input
  const seen = await ctx.loaders.project.load(id)
  if (!seen) return failed(noSuchProject('id'))
  await requireMember(ctx, seen)
  const viewer = ctx.requireViewer()
  const tracks = trackIds == null ? {} : { trackIds: [...new Set(trackIds)] }
  const changes = { ...tidied(given), ...tracks }
  const event = seen.eventId ? await ctx.loaders.ownTerms.load(seen.eventId) : null
  const problems = [...draftProblems({ ...seen, ...changes }), ...trackProblems(tracks.trackIds ?? [], event)]
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
      await tx.emit(projectUpdated, await factsFor(tx, changed, viewer.userId))
      return done(changed)
    },
    {},
    input,
  )
}
