import { done, type Failure, failed, type Outcome } from '@guildhall/kit/outcome'
import { eq } from 'drizzle-orm'
import contract, { projectAdvanced } from '../contract.ts'
import { lacksFor, nextStage } from '../domain/stages.ts'
import { factsFor } from '../facts.ts'
import type { AdvanceProjectInput } from '../generated/graphql.ts'
import type { Ctx } from '../loaders.ts'
import { lockProject } from '../moves.ts'
import { type ProjectRow, projects } from '../tables.ts'
import { noSuchProject, requireMember } from '../team.ts'

/** The team says how far its project has come, as far as the project bears it out. */
export async function advanceProject(ctx: Ctx, input: AdvanceProjectInput): Promise<Outcome<ProjectRow>> {
  const seen = await ctx.loaders.project.load(input.id)
  if (!seen) return failed(noSuchProject('id'))
  await requireMember(ctx, seen)
  return ctx.transaction(
    'advanceProject',
    async (tx) => {
      const project = await lockProject(tx, seen.id)
      if (input.expectedVersion != null && input.expectedVersion !== project.version) {
        const path = ['input', 'expectedVersion']
        return failed(contract.failure('VERSION_CONFLICT', 'The project was changed meanwhile.', path))
      }
      if (project.status === 'WITHDRAWN' || project.status === 'DISQUALIFIED') {
        const message = `The project is ${project.status}.`
        return failed(contract.failure('PROJECT_NOT_EDITABLE', message, ['input', 'id']))
      }
      const stage = input.stage ?? nextStage(project.stage)
      const blockedBy = lacksFor(project, stage)
      if (blockedBy.length > 0) return failed(blocked(blockedBy))
      const [changed] = await tx
        .update(projects)
        .set({ stage, version: project.version + 1, updatedAt: ctx.now() })
        .where(eq(projects.id, project.id))
        .returning()
      if (!changed) throw new Error('update returned nothing')
      const facts = await factsFor(tx, changed, ctx.viewer?.userId ?? null)
      await tx.emit(projectAdvanced, { ...facts, fromStage: project.stage })
      return done(changed)
    },
    {},
    input,
  )
}

const blocked = (blockedBy: string[]): Failure => ({
  ...contract.failure('STAGE_BLOCKED', 'Something is missing for this stage.', ['input', 'stage']),
  __typename: 'StageBlockedError',
  blockedBy,
})
